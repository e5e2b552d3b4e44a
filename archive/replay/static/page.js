// Keeps the address and the time above the viewer those of the page that it shows.
"use strict";

const viewer = document.getElementById("viewer");

viewer.addEventListener("rwp-url-change", (event) => {
  const { url, ts } = event.detail;
  if (url) {
    document.getElementById("address").textContent = url;
  }
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(ts || "");
  if (parts) {
    const [year, month, day, hour, minute, second] = parts.slice(1).map(Number);
    const instant = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
    const zone = { timeZone: "Asia/Ho_Chi_Minh" };
    const time = instant.toLocaleTimeString("vi-VN", { ...zone, hour: "2-digit", minute: "2-digit", hour12: false });
    const date = instant.toLocaleDateString("vi-VN", { ...zone, day: "2-digit", month: "2-digit", year: "numeric" });
    document.getElementById("instant").textContent = ` lúc ${time} ngày ${date}`;
  }
});
