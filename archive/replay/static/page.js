// Starts the viewer, and keeps the address and the time above it those of the page that it shows.
"use strict";

const stage = document.getElementById("stage");

// The viewer's frame must be answered by its worker. Were the frame loaded while the worker still starts, the viewer
// could take the server's answer for the worker's and wait for ever; so the worker starts first.
async function workerStarted() {
  const registration = await navigator.serviceWorker.register("/replay/sw.js?serveIndex=1", { scope: "/replay/" });
  const worker = registration.active || registration.waiting || registration.installing;
  while (worker.state !== "activated" && worker.state !== "redundant") {
    await new Promise((changed) => worker.addEventListener("statechange", changed, { once: true }));
  }
}

function startViewer() {
  const viewer = document.createElement("replay-web-page");
  const { source, url, ts } = stage.dataset;
  const attributes = { source, url, ts, replaybase: "/replay/", embed: "replayonly", deeplink: "" };
  for (const [name, value] of Object.entries(attributes)) {
    viewer.setAttribute(name, value);
  }
  viewer.addEventListener("rwp-url-change", (event) => showPlace(event.detail));
  stage.append(viewer);
}

// What the viewer cannot show is said in the reader's language, over its own page.
function showPlace({ url, ts, replayNotFoundError }) {
  const isMissing = replayNotFoundError === true;
  for (const [id, hidden] of [["held", isMissing], ["missing", !isMissing], ["stage", isMissing], ["nothing", !isMissing]]) {
    document.getElementById(id).hidden = hidden;
  }
  if (url) {
    document.getElementById("address").textContent = url;
    document.getElementById("nowhere").textContent = url;
  }
  if (isMissing) {
    offerOthers(url || stage.dataset.url);
  }
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(ts || "");
  if (parts) {
    const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
    const instant = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
    const zone = { timeZone: "Asia/Ho_Chi_Minh" };
    const isVietnamese = document.documentElement.lang === "vi";
    const locale = isVietnamese ? "vi-VN" : "en-GB";
    const days = isVietnamese ? { day: "2-digit", month: "2-digit" } : { day: "numeric", month: "long" };
    const time = instant.toLocaleTimeString(locale, { ...zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const date = instant.toLocaleDateString(locale, { ...zone, ...days, year: "numeric" });
    const place = document.getElementById("instant");
    place.textContent = place.dataset.form.replace("TIME", time).replace("DAY", date);
  }
}

// The nearest captures, and the live address, of what the archive does not have.
async function offerOthers(url) {
  const live = document.getElementById("live");
  live.hidden = !/^https?:/i.test(url);
  live.href = live.hidden ? "" : url;
  const place = document.getElementById("nearest");
  const list = place.querySelector("ul");
  place.hidden = true;
  const query = new URLSearchParams({ url, lang: document.documentElement.lang });
  const answer = await fetch(`/near.json?${query}`);
  const near = answer.ok ? await answer.json() : [];
  list.replaceChildren(...near.map((one) => {
    const link = document.createElement("a");
    link.href = `/?${new URLSearchParams({ url: one.url, ts: one.ts, lang: document.documentElement.lang })}`;
    link.textContent = one.url;
    const item = document.createElement("li");
    item.append(link, document.createElement("br"), list.dataset.form.replace("TIME", one.time));
    return item;
  }));
  place.hidden = near.length === 0;
}

document.getElementById("return").addEventListener("click", () => history.back());

// Where there can be no worker the viewer itself says why.
(navigator.serviceWorker ? workerStarted() : Promise.resolve()).catch(() => {}).then(startViewer);
