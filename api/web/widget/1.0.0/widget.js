// Duijie in the pages of a portal: a script element with data-site-key puts a frame where it stands, and <duijie-matches>
// shows a list as part of the page. Attributes, parts and variables: docs/widget.md. ES2019, no inline style, no cookie,
// nothing from another host; what the server says is only ever put in as text.
(function () {
  "use strict";
  var VERSION = "1.0.0";
  var STYLE = "sha384-+RoOj/62WqrygmZ3HvooX9ZPgghbjJRa8KQjw2xWW3cQ38hFSFPfntfhQH06+O9R"; // of widget.css beside this file
  var SUBJECTS = ["need", "query", "field"];
  var WAIT = 15000; // ms for an answer
  var WORDS = {
    zh: {
      frame: "科技成果匹配清单", open: "在新窗口查看匹配清单", late: "匹配清单暂时没有显示出来。",
      list: "匹配清单", search: "检索科技成果", find: "检索", count: "共 %s 条", none: "没有找到合适的内容，可以换一种说法检索。",
      kept: "暂时连不上服务，以下是 %s 保存的清单。", down: "暂时连不上服务，请稍后再试。", refused: "这份清单现在不能在这里显示。",
      newest: "数据更新至 %s", why: "对应需求：", against: "需要留意：", reasons: "查看理由", interest: "我感兴趣", about: "：%s", problem: "描述你的技术难题",
      window: "（在新窗口打开）", strong: "高度契合", possible: "可能相关", weak: "仅供参考"
    },
    en: {
      frame: "Matching achievements", open: "See the matching achievements in a new window", late: "The list could not be shown here.",
      list: "Matches", search: "Search achievements", find: "Search", count: "%s in all", none: "Nothing fits. Try other words.",
      kept: "The service can't be reached. This list was saved on %s.", down: "The service can't be reached now. Please try again later.", refused: "This list can't be shown here now.",
      newest: "Newest entry of %s", why: "Fits the need: ", against: "Note: ", reasons: "Show reasons", interest: "I am interested", about: ": %s", problem: "Describe your technical problem",
      window: " (opens a new window)", strong: "Strong fit", possible: "Possible", weak: "For reference"
    }
  };

  var script = document.currentScript;
  var home = script ? baseOf(script.src) : "";

  // baseOf is under which the server of a script is reached, also where a portal shows it below a path of its own.
  function baseOf(src) { return src.slice(0, src.lastIndexOf("/widget/")); }

  function words(lang) { return /^en/i.test(lang || "") ? WORDS.en : WORDS.zh; }

  function put(text, value) { return text.split("%s").join(value); }

  // make returns an element; of its properties those that are undefined are left out.
  function make(name, attributes, children) {
    var e = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) {
      if (attributes[key] !== undefined) e.setAttribute(key, attributes[key]);
    });
    [].concat(children || []).forEach(function (child) { e.append(child); });
    return e;
  }

  // embedAddress is where the server shows the same as a page of its own.
  function embedAddress(base, key, get, more) {
    var query = new URLSearchParams();
    SUBJECTS.concat("kind", "lang", "theme").forEach(function (name) { if (get(name)) query.set(name, get(name)); });
    Object.keys(more || {}).forEach(function (name) { query.set(name, more[name]); });
    return base + "/embed/" + encodeURIComponent(key) + ".html?" + query;
  }

  // frame puts an iframe behind a script element. Until the page in it answers, and where it never does because the
  // server is down or refuses this site, a link stands there instead.
  function frame(script) {
    var data = script.dataset;
    var say = words(data.lang);
    var origin = new URL(home).origin;
    var address = embedAddress(home, data.siteKey, function (name) { return data[name]; });
    var late = make("span");
    var instead = make("p", {}, [late, make("a", { href: address, target: "_blank", rel: "noopener" }, say.open)]);
    var view = make("iframe", { src: address, title: say.frame, width: "100%", height: "0", frameborder: "0", scrolling: "no" });
    var place = make("div", { "class": "duijie-widget" }, [instead, view]);
    var shown = false;
    // Properties of style are free under any policy; a style attribute is not.
    view.style.cssText = "display: block; width: 100%; height: 0; border: 0; visibility: hidden";
    view.addEventListener("load", function () {
      if (view.contentWindow) view.contentWindow.postMessage({ duijie: "hello" }, origin);
    });
    window.addEventListener("message", function (event) {
      if (event.origin !== origin || event.source !== view.contentWindow || !event.data || event.data.duijie !== "height") return;
      var height = Number(event.data.height);
      if (!(height > 0 && height < 100000)) return;
      view.style.height = height + "px";
      view.style.visibility = "visible";
      instead.hidden = true;
      // Another page in the frame begins above what the reader sees.
      if (event.data.fresh && shown && view.getBoundingClientRect().top < 0) view.scrollIntoView();
      shown = true;
    });
    setTimeout(function () { if (!shown) late.textContent = say.late; }, WAIT);
    script.after(place);
  }

  class Matches extends HTMLElement {
    static get observedAttributes() { return SUBJECTS.concat("site-key", "kind", "lang", "theme", "limit", "base"); }

    connectedCallback() {
      if (!this.box) this.begin();
      this.soon();
    }

    attributeChangedCallback(name, old, now) {
      if (!this.box || !this.isConnected || old === now) return;
      if (name !== "lang" && name !== "theme") this.typed = "";
      this.soon();
    }

    // begin makes what stays: the style sheet, the box, and in the shadow a slot for what the page says until there is a list.
    begin() {
      var box = this.box = make("div", { "class": "dj", part: "box", hidden: "" });
      var sheet = make("link", { rel: "stylesheet", href: this.base() + "/widget/" + VERSION + "/widget.css", integrity: STYLE, crossorigin: "anonymous" });
      if (this.hasAttribute("light")) {
        this.fallback = Array.from(this.childNodes);
        this.append(sheet, box);
      } else {
        this.slot_ = make("slot");
        this.attachShadow({ mode: "open" }).append(sheet, box, this.slot_);
      }
      this.typed = "";
    }

    base() { return (this.getAttribute("base") || home).replace(/\/$/, ""); }

    // soon loads once for all attributes that change together.
    soon() {
      if (this.waiting) return;
      this.waiting = true;
      Promise.resolve().then(function () { this.waiting = false; this.load(); }.bind(this));
    }

    // address is what is asked for: a need's matches, or a search.
    address() {
      var limit = Math.min(100, Math.max(1, parseInt(this.getAttribute("limit"), 10) || 10));
      var need = this.getAttribute("need");
      if (need && !this.typed) return "/v1/needs/" + encodeURIComponent(need) + "/matches?limit=" + limit;
      var query = new URLSearchParams({ kind: this.getAttribute("kind") || "achievement", limit: limit });
      var text = this.typed || this.getAttribute("query");
      if (text) query.set("q", text);
      var field = this.getAttribute("field");
      if (field) query.set("field", field);
      if (!text) query.set("sort", "newest");
      return "/v1/search?" + query;
    }

    ask(path) {
      var stop = new AbortController();
      var timer = setTimeout(function () { stop.abort(); }, WAIT);
      var key = this.getAttribute("site-key");
      if (key) path += (path.indexOf("?") < 0 ? "?key=" : "&key=") + encodeURIComponent(key);
      return fetch(this.base() + path, { credentials: "omit", signal: stop.signal })
        .then(function (answer) {
          clearTimeout(timer);
          if (answer.ok) return answer.json();
          var refused = answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429;
          throw Object.assign(new Error("status " + answer.status), { refused: refused });
        });
    }

    // load shows the list, the last good one where the server can't be reached, or what the page says instead.
    load() {
      var mine = this.wish = (this.wish || 0) + 1;
      var path = this.address();
      var matches = path.indexOf("/v1/needs/") === 0;
      var name = "duijie:" + this.base() + path;
      var keep = this.typed === ""; // what people type stays nowhere
      this.setAttribute("aria-busy", "true");
      var status = matches ? this.ask("/v1/status").catch(function () { return {}; }) : {}; // only tells a date
      Promise.all([this.ask(path), status]).then(function (answers) {
        if (mine !== this.wish) return;
        var list = matches ? ofMatches(answers[0], answers[1].newest) : ofSearch(answers[0]);
        if (keep) write(name, list);
        this.show(list, "");
        this.tell("duijie-load", { rows: list.rows.length, kept: false });
      }.bind(this)).catch(function (error) {
        if (mine !== this.wish) return;
        var what = error.refused ? "refused" : "down";
        if (keep && error.refused) write(name, null); // what is shown no more is not kept either
        var list = keep ? read(name) : null;
        if (list) this.show(list, "kept");
        else if (keep) this.fail(what);
        else this.show({ rows: [], total: 0 }, what); // what was typed stays in its box
        this.tell(list ? "duijie-load" : "duijie-error", { rows: list ? list.rows.length : 0, kept: !!list });
      }.bind(this));
    }

    tell(event, detail) {
      this.removeAttribute("aria-busy");
      this.dispatchEvent(new CustomEvent(event, { bubbles: true, detail: detail }));
    }

    tongue() { return this.getAttribute("lang") || (this.closest("[lang]") || document.documentElement).lang; }

    // dress makes the box ready for content and takes away what the page said before.
    dress(content, instead) {
      var box = this.box;
      box.textContent = "";
      box.lang = words(this.tongue()) === WORDS.en ? "en" : "zh-CN";
      box.dataset.theme = this.getAttribute("theme") || "auto";
      content.forEach(function (part) { if (part) box.append(part); });
      box.hidden = false;
      if (this.slot_) this.slot_.hidden = !instead;
      (this.fallback || []).forEach(function (node) {
        if (instead) box.before(node); else node.remove();
      });
    }

    fail(what) {
      var say = words(this.tongue());
      this.dress([make("p", { part: "note", role: "status", "class": "dj-note" }, [say[what], " ", this.link(say.open, {}, "link")])], true);
    }

    // link leads to the server's own page, in a window of its own.
    link(text, more, part, about, looks) {
      var say = words(this.tongue());
      var href = embedAddress(this.base(), this.getAttribute("site-key") || "", this.getAttribute.bind(this), more);
      return make("a", { href: href, target: "_blank", rel: "noopener", part: part, "class": looks }, [text, make("span", { "class": "dj-hide" }, (about || "") + say.window)]);
    }

    show(list, how) {
      var say = words(this.tongue());
      var typed = this.typed;
      var id = "dj-q-" + (this.number = this.number || ++count);
      var input = make("input", { id: id, type: "search", part: "input", autocomplete: "off", maxlength: "1000" });
      input.value = typed;
      var form = make("form", { part: "search", role: "search", "class": "dj-search" },
        [make("label", { "for": id, "class": "dj-hide" }, say.search), input, make("button", { part: "button", "class": "dj-button" }, say.find)]);
      form.addEventListener("submit", function (event) {
        event.preventDefault();
        this.typed = input.value.trim();
        this.focused = true;
        this.load();
      }.bind(this));
      var rows = list.rows.map(function (row) { return this.row(row, say); }, this);
      var state = rows.length ? put(say.count, list.total) : say.none;
      if (how) state = put(say[how], list.at ? new Date(list.at).toLocaleDateString("sv-SE") : ""); // 2026-11-23, here
      this.dress([
        form,
        make("p", { part: how ? "note" : "count", role: "status", "class": how ? "dj-note" : "dj-quiet" }, state),
        rows.length ? make("ol", { part: "list", "class": "dj-list", "aria-label": say.list }, rows) : null,
        make("p", { part: "foot", "class": "dj-foot" }, [this.link(say.problem, {}, "link"),
          list.newest ? make("span", { part: "date" }, put(say.newest, list.newest)) : ""])
      ], false);
      if (this.focused) input.focus({ preventScroll: true });
      this.focused = false;
    }

    row(row, say) {
      var chinese = "zh-CN";
      var href = this.base() + "/" + row.kind + "s/" + encodeURIComponent(row.id);
      var title = make("h3", { part: "title" }, [
        row.label ? make("span", { part: "label " + row.label, "class": "dj-label dj-" + row.label }, say[row.label]) : "", " ",
        make("a", { href: href, target: "_blank", rel: "noopener", part: "link" }, [marked(row.title, row.titleHits, { lang: chinese }), make("span", { "class": "dj-hide" }, say.window)])]);
      return make("li", { part: "row" }, [
        title,
        row.why ? make("p", { part: "why" }, [make("b", {}, say.why), make("span", { lang: chinese }, row.why)]) : "",
        row.text ? make("p", { part: "why" }, marked(row.text, row.hits, { lang: chinese })) : "",
        row.against.length ? make("p", { part: "against", "class": "dj-against" }, [make("b", {}, say.against), make("span", { lang: chinese }, row.against.join("；"))]) : "",
        row.facts.length ? make("p", { part: "facts", "class": "dj-quiet", lang: chinese }, row.facts.join("　")) : "",
        row.reasons.length ? make("details", { part: "reasons" }, [make("summary", {}, say.reasons),
          make("ul", { lang: chinese }, row.reasons.map(function (reason) { return make("li", { part: "reason" }, reason); }))]) : "",
        make("p", {}, this.link(say.interest, { interest: row.kind + ":" + row.id }, "interest", put(say.about, row.title), "dj-act"))
      ]);
    }
  }

  var count = 0;

  function ofMatches(answer, newest) {
    return {
      total: answer.total, newest: newest || "", at: new Date().toISOString(),
      rows: answer.matches.map(function (m) {
        return {
          kind: "achievement", id: m.id, title: m.title, label: m.label, why: m.why || "", against: m.against || [], facts: [],
          reasons: m.reasons.map(function (r) { return r.text; })
        };
      })
    };
  }

  function ofSearch(answer) {
    var newest = "";
    return {
      rows: answer.results.map(function (r) {
        if ((r.published || "") > newest) newest = r.published;
        return {
          kind: r.kind, id: r.id, title: r.title, titleHits: r.title_hits, text: r.snippet, hits: r.hits, against: [], reasons: [],
          facts: [r.org, r.published].filter(Boolean)
        };
      }),
      total: answer.total, newest: newest, at: new Date().toISOString()
    };
  }

  // marked marks the hits in a text, which are counted in bytes of UTF-8.
  function marked(text, hits, attributes) {
    var bytes = new TextEncoder().encode(text);
    var part = function (from, to) { return new TextDecoder().decode(bytes.slice(from, to)); };
    var at = 0;
    var parts = [];
    (hits || []).forEach(function (hit) {
      if (hit.start < at) return;
      parts.push(part(at, hit.start), make("mark", { part: "mark" }, part(hit.start, hit.end)));
      at = hit.end;
    });
    return make("span", attributes, parts.concat(part(at)));
  }

  // The last good list lies in the portal's storage, where that is not refused or full.
  function write(name, list) {
    try { localStorage.setItem(name, JSON.stringify(list)); } catch (refused) { /* then there is no copy */ }
  }

  function read(name) {
    try {
      var list = JSON.parse(localStorage.getItem(name));
      return list && Array.isArray(list.rows) && list.at ? list : null;
    } catch (refused) {
      return null;
    }
  }

  if (!customElements.get("duijie-matches")) customElements.define("duijie-matches", Matches);
  if (script && script.dataset.siteKey) frame(script);
})();
