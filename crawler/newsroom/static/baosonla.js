// Draws the pages of baosonla.test from its API. Every link is an ordinary address: a page is drawn anew at each.
const app = document.getElementById("app");
const paper = app.dataset.paper;
const DAYS = ["Chủ Nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"];

const ask = async (path) => {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
};

// An element with attributes and children; null children are left out.
const el = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
};

// Times are printed by Vietnam's clocks, as the API gives them, whatever the reader's own zone is.
const clock = (iso) => `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(0, 4)} ${iso.slice(11, 16)}`;
const dated = (iso) => `${DAYS[new Date(iso.slice(0, 10)).getUTCDay()]}, ${clock(iso)}`;

const whenSeen = (element, act, margin = "0px") => {
  const watch = new IntersectionObserver((seen) => {
    if (seen.some((one) => one.isIntersecting)) act(watch);
  }, { rootMargin: margin });
  watch.observe(element);
};

const thumbnail = (item) => item.picture
  ? el("a", { class: "thumb", href: item.path, tabindex: "-1", "aria-hidden": "true" }, el("img", { src: item.picture, alt: "", loading: "lazy" }))
  : null;

const card = (item, kind = "") => el("article", { class: `card ${kind}` },
  thumbnail(item),
  el("div", { class: "card-text" },
    el("h3", {}, el("a", { class: "card-title", href: item.path }, item.title)),
    el("p", { class: "card-meta" }, el("span", {}, item.section), " · ", clock(item.published)),
    kind === "small" ? null : el("p", { class: "card-summary" }, item.summary)));

const side = (items, name) => el("aside", { class: "side" }, el("h2", {}, name),
  el("ol", {}, items.map((item) => el("li", {}, el("a", { href: item.path }, item.title)))));

function frame(menu, here, ...content) {
  const today = dated(new Date(Date.now() + 7 * 3600e3).toISOString()).replace(/ [^ ]+$/, "");
  app.replaceChildren(
    el("div", { class: "topbar" }, el("span", {}, today), el("span", {}, "Tòa soạn mẫu")),
    el("header", { class: "head" }, el("a", { class: "brand", href: "/" }, el("img", { src: "/assets/img/logo.png", alt: "", width: "44", height: "44" }),
      el("span", {}, paper, el("small", {}, "Tiếng nói của các bản làng giả tưởng")))),
    el("nav", { class: "menu", "aria-label": "Chuyên mục" },
      el("a", { href: "/", ...(here === "/" ? { "aria-current": "page" } : {}) }, "Trang chủ"),
      menu.map((one) => el("a", { href: one.path, ...(here === one.path ? { "aria-current": "page" } : {}) }, one.name)),
      el("a", { href: "/tim-kiem/" }, "Tìm kiếm")),
    el("main", { class: "page" }, ...content),
    el("footer", {}, el("b", {}, paper), el("p", {}, "Trang trình diễn của tòa soạn mẫu, không phải tờ báo thật. Tin, bài, ảnh và nhân vật đều do người làm phần mềm đặt ra."),
      el("p", {}, el("a", { href: "/gioi-thieu" }, "Giới thiệu"), " · ", el("a", { href: "/quang-cao" }, "Bảng giá quảng cáo"))));
}

async function drawFront(menu) {
  const { items } = await ask("/api/latest");
  const [first, ...others] = items;
  const top = first ? [card(first, "hero"), el("div", { class: "beside" }, others.splice(0, 4).map((item) => card(item, "small")))] : [];
  const blocks = menu.map((section) => {
    const own = others.filter((item) => item.section === section.name).slice(0, 4);
    return own.length ? el("section", { class: "block" },
      el("h2", {}, el("a", { href: section.path }, section.name)),
      el("div", { class: section.gallery ? "grid gallery" : "grid" }, own.map((item) => card(item)))) : null;
  });
  frame(menu, "/", el("div", { class: "top" }, top), ...blocks.filter(Boolean));
}

async function drawList(menu, section) {
  const list = el("div", { class: section.gallery ? "grid gallery" : "list" });
  const end = section.more === "scroll" ? el("div", { class: "list-end" }, "Đang tải thêm…") : el("button", { class: "load-more", type: "button" }, "Xem thêm");
  let next = `/api/sections/${section.slug}`;
  let isAsking = false;
  const more = async () => {
    if (isAsking || !next) return;
    isAsking = true;
    const part = await ask(next);
    list.append(...part.items.map((item) => card(item)));
    next = part.next;
    isAsking = false;
    if (!next) end.remove();
  };
  await more();
  const latest = await ask("/api/latest");
  document.title = `${section.name} - ${paper}`;
  frame(menu, section.path, el("div", { class: "columns" },
    el("div", {}, el("h1", { class: "list-name" }, section.name), list, next ? end : null), side(latest.items.slice(0, 6), "Mới nhất")));
  if (section.more === "scroll") {
    whenSeen(end, async (watch) => {
      watch.unobserve(end);
      await more();
      if (next) watch.observe(end);
    }, "200px");
  } else {
    end.addEventListener("click", more);
  }
}

const figure = (block, isLazy) => {
  const img = el("img", { width: block.width, height: block.height, alt: "", ...(isLazy ? { "data-src": block.src } : { src: block.src }) });
  if (isLazy) whenSeen(img, (watch) => { img.src = img.dataset.src; watch.disconnect(); }, "300px");
  return el("figure", { class: "image" }, img, block.caption ? el("figcaption", {}, block.caption) : null);
};

const block = (one) => {
  switch (one.type) {
    case "heading": return el("h3", {}, one.text);
    case "quote": return el("blockquote", {}, el("p", {}, one.text));
    case "list": return el("ul", {}, one.lines.map((line) => el("li", {}, line)));
    case "table": return el("div", { class: "table" }, el("table", {}, el("tbody", {}, one.rows.map((row) => el("tr", {}, row.map((cell) => el("td", {}, cell)))))));
    case "related": return el("div", { class: "box-related" }, el("ul", {}, one.links.map((link) => el("li", {}, el("a", { href: link.path }, link.title)))));
    case "figure": return figure(one, false);
    default: return el("p", {}, one.text);
  }
};

function gallery(pictures) {
  const slides = el("div", { class: "slides" }, pictures.map((one) => figure(one, true)));
  const strip = el("div", { class: "strip" }, pictures.map((one, nth) => {
    const button = el("button", { type: "button" }, `Ảnh ${nth + 1}`);
    button.addEventListener("click", () => slides.children[nth].scrollIntoView({ behavior: "smooth", block: "center" }));
    return button;
  }));
  return [slides, strip];
}

async function drawArticle(menu, number) {
  const story = await ask(`/api/articles/${number}`);
  const isGallery = story.section.gallery;
  const pictures = isGallery ? story.blocks.filter((one) => one.type === "figure") : [];
  const body = el("div", { id: "editor-detail" }, story.blocks.filter((one) => !pictures.includes(one)).map(block));
  const strip = isGallery ? gallery(pictures) : [];
  if (strip.length) body.append(strip[0]);
  document.title = `${story.title} - ${paper}`;
  document.head.append(el("link", { rel: "canonical", href: location.origin + story.path }), el("meta", { name: "description", content: story.lead }));
  frame(menu, story.section.path, el("div", { class: "columns" },
    el("article", { class: isGallery ? "detail detail-gallery" : "detail" },
      el("div", { class: "breadcrumb" }, el("a", { href: story.section.path }, story.section.name)),
      story.kicker ? el("p", { class: "detail-kicker" }, story.kicker) : null,
      el("h1", { class: "detail-title" }, story.title),
      el("div", { class: "detail-meta" }, el("time", { datetime: story.published }, dated(story.published)),
        story.modified ? el("span", { class: "detail-update" }, `Cập nhật: ${clock(story.modified)}`) : null),
      el("div", { class: "share" }, el("button", { type: "button" }, "Chia sẻ"), el("button", { type: "button" }, "In trang")),
      el("p", { class: "detail-sapo" }, story.lead),
      strip[1] ?? null, body,
      story.byline ? el("p", { class: "detail-author" }, story.byline) : null,
      el("div", { class: "detail-tags" }, story.tags.map((tag) => el("a", { href: `/tim-kiem/?q=${encodeURIComponent(tag)}` }, tag)))),
    side(story.related, "Đọc tiếp")));
}

async function draw() {
  const menu = await ask("/api/menu");
  const path = location.pathname.replace(/(.)\/$/, "$1");
  const section = menu.find((one) => one.path === path);
  const number = /-(\d+)\.html$/.exec(path);
  if (path === "/") await drawFront(menu);
  else if (section) await drawList(menu, section);
  else if (number) await drawArticle(menu, number[1]);
  document.documentElement.dataset.drawn = "1";
}

draw().catch(() => app.replaceChildren(el("p", { class: "failed" }, "Không tải được trang. ", el("a", { href: "/" }, "Về trang chủ"))));
