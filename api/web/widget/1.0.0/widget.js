// Duijie in the pages of a portal: a script element with data-site-key puts a frame where it stands, and <duijie-matches>
// shows a list as part of the page. Attributes, parts and variables: docs/widget.md. ES2019, no inline style, no cookie,
// nothing from another host; what the server says is only ever put in as text.
(function () {
  "use strict";
  var VERSION = "1.0.0";
  var STYLE = "sha384-/fcXc8Be1N0iSanAWGhfIWI3KxmJK2rpG/gv/lMe5OAKEdV7UgCt7qLCrskBGGQv"; // of widget.css beside this file
  var SUBJECTS = ["need", "query", "field"];
  var WAIT = 15000; // ms for an answer
  var QUESTIONS = 2; // that a described problem is asked
  // NAME_hint and NAME_wrong belong to the field NAME of a form; the names of problems are those of docs/api.md.
  var WORDS = {
    zh: {
      frame: "科技成果匹配清单", open: "在新窗口查看匹配清单", late: "匹配清单暂时没有显示出来。",
      list: "匹配清单", search: "检索科技成果", find: "检索", count: "共 %s 条", none: "没有找到合适的内容，可以换一种说法检索。", back: "返回清单",
      kept: "暂时连不上服务，以下是 %s 保存的清单。", down: "暂时连不上服务，请稍后再试。", refused: "这份清单现在不能在这里显示。",
      newest: "数据更新至 %s", why: "对应需求：", against: "需要留意：", reasons: "查看理由", about: "：%s",
      window: "（在新窗口打开）", strong: "高度契合", possible: "可能相关", weak: "仅供参考",
      org: { achievement: "持有方", need: "企业", expert: "单位", project: "承担单位" }, stage: "阶段", price: "报价", budget: "预算",
      confirmed: "最近确认", published: "发布", wan: "%s万元", yuan: "%s元", least: "以上", most: "以内",
      interest: "我感兴趣", private: "留下姓名与联系方式，由工作人员与你联系。联系方式只有工作人员能看到，不会公开。",
      name: "姓名或单位", name_wrong: "请填写姓名或单位，100 字以内。",
      contact: "联系方式", contact_hint: "电话、电子邮箱或微信号，填一种即可。", contact_wrong: "请填写联系方式，200 字以内。",
      message: "留言（可不填）", message_wrong: "留言请控制在 2,000 字以内。",
      send: "提交意向", sent: "已收到你的意向，工作人员会与你联系。", unsent: "没有提交成功。你写的内容还在，请稍后再试。",
      too_many_requests: "请求太频繁，请一分钟后再试。", not_found: "这一条已经不在了，不能再提交意向。", conflict: "这一条已经结束，不再接受意向。",
      text: "描述你的技术难题", text_hint: "写清楚对象、现状、已经试过什么、希望达到的指标，匹配会更准。", text_wrong: "请先写下要解决的技术难题，一两句话也可以。",
      unkept: "这段文字只用于本次匹配，不保存，也不写入日志。", outside: "本站使用外部模型，这段文字会发送到 %s 计算。",
      match: "查找匹配成果", questions: "再补充两点，匹配会更准"
    },
    en: {
      frame: "Matching achievements", open: "See the matching achievements in a new window", late: "The list could not be shown here.",
      list: "Matches", search: "Search achievements", find: "Search", count: "%s in all", none: "Nothing fits. Try other words.", back: "Back to the list",
      kept: "The service can't be reached. This list was saved on %s.", down: "The service can't be reached now. Please try again later.", refused: "This list can't be shown here now.",
      newest: "Newest entry of %s", why: "Fits the need: ", against: "Note: ", reasons: "Show reasons", about: ": %s",
      window: " (opens a new window)", strong: "Strong fit", possible: "Possible", weak: "For reference",
      org: { achievement: "Holder", need: "Firm", expert: "Affiliation", project: "Carried out by" }, stage: "Stage", price: "Price", budget: "Budget",
      confirmed: "Last confirmed", published: "Published", yuan: "CNY %s", least: " or more", most: " at most",
      interest: "I am interested", private: "Leave your name and how to reach you, and somebody will. Only the staff see it; it is never published.",
      name: "Name or organisation", name_wrong: "Please give a name, in 100 characters at most.",
      contact: "How to reach you", contact_hint: "A telephone number or a mail address.", contact_wrong: "Please say how to reach you, in 200 characters at most.",
      message: "Message (optional)", message_wrong: "Please keep the message to 2,000 characters.",
      send: "Send", sent: "We have received it, and somebody will get in touch with you.", unsent: "It could not be sent. What you wrote is still here; please try again later.",
      too_many_requests: "Too many requests. Please try again in a minute.", not_found: "This one is gone and takes no more interest.", conflict: "This one is over and takes no more interest.",
      text: "Describe your technical problem", text_hint: "Say what it is about, how things stand, what was tried and which figures you want to reach.", text_wrong: "Please describe the problem first; a sentence or two will do.",
      unkept: "The text serves this match only. It is neither stored nor logged.", outside: "This site uses an outside model: the text is sent to %s.",
      match: "Find achievements", questions: "Two answers would make the matches better"
    }
  };

  var script = document.currentScript;
  var home = script ? baseOf(script.src) : "";
  var count = 0; // of ids

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
  function embedAddress(base, key, get) {
    var query = new URLSearchParams();
    SUBJECTS.concat("kind", "lang", "theme").forEach(function (name) { if (get(name)) query.set(name, get(name)); });
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
      if (name !== "lang" && name !== "theme") this.typed = this.problem = "";
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
      this.typed = this.problem = ""; // what was searched for, what was described
    }

    base() { return (this.getAttribute("base") || home).replace(/\/$/, ""); }

    limit() { return Math.min(100, Math.max(1, parseInt(this.getAttribute("limit"), 10) || 10)); }

    say() { return words(this.getAttribute("lang") || (this.closest("[lang]") || document.documentElement).lang); }

    // soon loads once for all attributes that change together.
    soon() {
      if (this.waiting) return;
      this.waiting = true;
      Promise.resolve().then(function () { this.waiting = false; this.load(); }.bind(this));
    }

    // go shows what is searched for, what fits a problem, or with neither the list.
    go(typed, problem) {
      this.typed = typed;
      this.problem = problem;
      this.focused = true;
      this.load();
    }

    // address is what is asked for: a need's matches, or a search.
    address() {
      var need = this.getAttribute("need");
      if (need && !this.typed) return "/v1/needs/" + encodeURIComponent(need) + "/matches?limit=" + this.limit();
      var query = new URLSearchParams({ kind: this.getAttribute("kind") || "achievement", limit: this.limit() });
      var text = this.typed || this.getAttribute("query");
      if (text) query.set("q", text);
      var field = this.getAttribute("field");
      if (field) query.set("field", field);
      if (!text) query.set("sort", "newest");
      return "/v1/search?" + query;
    }

    // ask promises what the server answers; with a body it posts. once names a request that is to be carried out once.
    // An error says whether it was refused, of what type the problem is and which fields are wrong.
    ask(path, body, once) {
      var stop = new AbortController();
      var timer = setTimeout(function () { stop.abort(); }, WAIT);
      var key = this.getAttribute("site-key");
      if (key) path += (path.indexOf("?") < 0 ? "?key=" : "&key=") + encodeURIComponent(key);
      var how = { credentials: "omit", signal: stop.signal };
      if (body) Object.assign(how, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
      if (once) how.headers["Idempotency-Key"] = once;
      return fetch(this.base() + path, how).then(function (answer) {
        clearTimeout(timer);
        if (answer.ok) return answer.json();
        var refused = answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429;
        return answer.json().catch(function () { return {}; }).then(function (problem) {
          throw Object.assign(new Error("status " + answer.status), { refused: refused, type: String(problem.type).split("/").pop(),
            fields: (problem.errors || []).map(function (e) { return e.field; }) });
        });
      });
    }

    // load shows the list, the last good one where the server can't be reached, or what the page says instead.
    load() {
      var mine = this.wish = (this.wish || 0) + 1;
      var problem = this.problem;
      var path = problem ? "/v1/match" : this.address();
      var matches = path.indexOf("/v1/search") !== 0;
      var name = "duijie:" + this.base() + path;
      var keep = !this.typed && !problem; // what people type stays nowhere
      var lang = this.say() === WORDS.en ? "en" : "zh";
      var perhaps = function (answer) { return answer.catch(function () { return {}; }); };
      this.setAttribute("aria-busy", "true");
      Promise.all([
        this.ask(path, problem && { text: problem, limit: this.limit() }),
        matches ? perhaps(this.ask("/v1/status")) : {}, // only tells a date
        problem ? perhaps(this.ask("/v1/coach", { text: problem, lang: lang })) : {}
      ]).then(function (answers) {
        if (mine !== this.wish) return;
        var list = matches ? ofMatches(answers[0], answers[1].newest) : ofSearch(answers[0]);
        list.questions = (answers[2].missing || []).slice(0, QUESTIONS);
        if (keep) write(name, list);
        this.show(list, "");
        this.tell("duijie-load", { rows: list.rows.length, kept: false });
      }.bind(this)).catch(function (error) {
        if (mine !== this.wish) return;
        var what = error.refused ? "refused" : error.type === "too_many_requests" ? error.type : "down";
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

    // dress makes the box ready for content and takes away what the page said before.
    dress(content, instead) {
      var box = this.box;
      box.textContent = "";
      box.lang = this.say() === WORDS.en ? "en" : "zh-CN";
      box.dataset.theme = this.getAttribute("theme") || "auto";
      content.forEach(function (part) { if (part) box.append(part); });
      box.hidden = false;
      if (this.slot_) this.slot_.hidden = !instead;
      (this.fallback || []).forEach(function (node) {
        if (instead) box.before(node); else node.remove();
      });
    }

    // fail leads to the server's own page, in a window of its own.
    fail(what) {
      var say = this.say();
      var href = embedAddress(this.base(), this.getAttribute("site-key") || "", this.getAttribute.bind(this));
      this.dress([make("p", { part: "note", role: "status", "class": "dj-note" }, [say[what], " ",
        make("a", { href: href, target: "_blank", rel: "noopener", part: "link" }, [say.open, make("span", { "class": "dj-hide" }, say.window)])])], true);
    }

    show(list, how) {
      var say = this.say();
      var id = "dj-q-" + (this.number = this.number || ++count);
      var input = make("input", { id: id, type: "search", part: "input", autocomplete: "off", maxlength: "1000" });
      input.value = this.typed;
      var form = make("form", { part: "search", role: "search", "class": "dj-search" },
        [make("label", { "for": id, "class": "dj-hide" }, say.search), input, make("button", { part: "button", "class": "dj-button" }, say.find)]);
      form.addEventListener("submit", function (event) {
        event.preventDefault();
        this.go(input.value.trim(), "");
      }.bind(this));
      var back = this.typed || this.problem ? make("button", { type: "button", part: "back", "class": "dj-link" }, say.back) : null;
      if (back) back.addEventListener("click", this.go.bind(this, "", ""));
      var questions = (list.questions || []).map(function (q) {
        return make("li", {}, [q.question, " ", make("span", { "class": "dj-quiet" }, q.why)]);
      });
      var rows = list.rows.map(function (row) { return this.row(row, say); }, this);
      var text = rows.length ? put(say.count, list.total) : say.none;
      if (how) text = put(say[how], list.at ? new Date(list.at).toLocaleDateString("sv-SE") : ""); // 2026-11-23, here
      var state = make("p", { part: how ? "note" : "count", role: "status", tabindex: "-1", "class": how ? "dj-note" : "dj-quiet" }, text);
      this.dress([
        form, back,
        questions.length ? make("div", { part: "questions", "class": "dj-note" }, [make("p", {}, make("b", {}, say.questions)), make("ol", { "class": "dj-questions" }, questions)]) : null,
        state,
        rows.length ? make("ol", { part: "list", "class": "dj-list", "aria-label": say.list }, rows) : null,
        this.describe(say),
        list.newest ? make("p", { part: "foot", "class": "dj-foot" }, make("span", { part: "date" }, put(say.newest, list.newest))) : null
      ], false);
      if (this.focused && this.problem) state.focus();
      else if (this.focused) input.focus({ preventScroll: true });
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
        facts(row, say),
        row.reasons.length ? make("details", { part: "reasons" }, [make("summary", {}, say.reasons),
          make("ul", { lang: chinese }, row.reasons.map(function (reason) { return make("li", { part: "reason" }, reason); }))]) : "",
        row.kind === "achievement" || row.kind === "need" ? this.interest(row, say) : ""
      ]);
    }

    // interest is the form of who is interested in a row: what is sent becomes a lead.
    interest(row, say) {
      var name = [say.interest, make("span", { "class": "dj-hide" }, put(say.about, row.title))];
      return fold(make("summary", { part: "interest", "class": "dj-act" }, name), function (box) {
        var sent, once;
        var made = form(say, say.send, [
          field(say, "name", { type: "text", required: "", maxlength: "100", autocomplete: "name" }),
          field(say, "contact", { type: "text", required: "", maxlength: "200", autocomplete: "tel" }),
          field(say, "message", { rows: "4", maxlength: "2000" })
        ], function (lead) {
          lead[row.kind] = row.id;
          if (row.kind === "achievement" && this.getAttribute("need")) lead.need = this.getAttribute("need");
          // The same sent again, because the answer was lost, is one lead.
          if (sent !== JSON.stringify(lead)) {
            sent = JSON.stringify(lead);
            once = Date.now().toString(36) + Math.random().toString(36);
          }
          return this.ask("/v1/leads", lead, once).then(function () {
            var thanks = make("p", { part: "note", role: "status", tabindex: "-1", "class": "dj-note" }, say.sent);
            made.replaceWith(thanks);
            thanks.focus();
          });
        }.bind(this));
        made.prepend(make("p", { "class": "dj-quiet" }, say.private));
        box.append(made);
      }.bind(this));
    }

    // describe is the form for a problem in the reader's own words. It appears when it can say where they go.
    describe(say) {
      var box = fold(make("summary", { part: "problem", "class": "dj-link" }, say.text), function (box) {
        this.told = this.told || this.ask("/v1/status"); // kept, so that what was typed can be shown when the service is away
        this.told.then(function (status) {
          var text = field(say, "text", { rows: "5", required: "", maxlength: "20000" });
          text.control.value = this.problem;
          var made = form(say, say.match, [text], function (typed) {
            this.go("", typed.text);
            return Promise.resolve();
          }.bind(this));
          var others = (status.typed_to || []).join(", ");
          made.prepend(make("p", { "class": "dj-quiet" }, say.unkept + (others && " " + put(say.outside, others))));
          box.append(made);
        }.bind(this)).catch(function () {
          this.told = null;
          box.append(make("p", { part: "note", role: "status", "class": "dj-note" }, say.down));
        }.bind(this));
      }.bind(this));
      box.open = !!this.problem;
      return box;
    }
  }

  // fold is what a summary opens and closes; fill makes it when it is opened first.
  function fold(summary, fill) {
    var box = make("details", {}, summary);
    box.addEventListener("toggle", function () { fill(box); }, { once: true });
    box.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" || event.isComposing) return;
      box.open = false;
      summary.focus();
    });
    return box;
  }

  // field is a control with its label, its hint, and a place to say what is wrong; with rows it takes several lines.
  function field(say, name, attributes) {
    var id = "dj-" + name + "-" + (++count);
    var wrong = make("span", { id: id + "-wrong", "class": "dj-wrong" });
    var hint = make("span", { id: id + "-hint", "class": "dj-quiet" }, say[name + "_hint"]);
    var control = make(attributes.rows ? "textarea" : "input", Object.assign({ id: id, part: "input", "aria-describedby": wrong.id + " " + hint.id }, attributes));
    return { name: name, control: control, wrong: wrong, all: make("p", {}, [make("label", { "for": id }, say[name]), hint, wrong, control]) };
  }

  // form checks its fields and gives send what was typed, by name; send returns a promise. What fails is said in place, and
  // nothing that was typed is lost.
  function form(say, button, fields, send) {
    var alarm = make("p", { role: "alert", "class": "dj-wrong" });
    var made = make("form", { part: "form", "class": "dj-form", novalidate: "" }, fields.map(function (f) { return f.all; })
      .concat(alarm, make("p", {}, make("button", { part: "button", "class": "dj-button" }, button))));
    var busy = false;
    function blame(wrong, text) {
      alarm.textContent = text;
      fields.forEach(function (f) {
        f.control.setAttribute("aria-invalid", wrong.indexOf(f) >= 0);
        f.wrong.textContent = wrong.indexOf(f) >= 0 ? say[f.name + "_wrong"] : "";
      });
      if (wrong.length) wrong[0].control.focus();
    }
    made.addEventListener("submit", function (event) {
      event.preventDefault();
      var typed = {};
      fields.forEach(function (f) { typed[f.name] = f.control.value.trim(); });
      var empty = fields.filter(function (f) { return f.control.required && !typed[f.name]; });
      blame(empty, "");
      if (busy || empty.length) return;
      busy = true;
      send(typed).catch(function (error) {
        var wrong = fields.filter(function (f) { return error.fields && error.fields.indexOf(f.name) >= 0; });
        blame(wrong, wrong.length ? "" : say[error.type] || say.unsent);
      }).then(function () { busy = false; });
    });
    return made;
  }

  // facts are what a row says of a posting beside its text: whose it is, how far, for how much, of when.
  function facts(row, say) {
    var all = [
      [say.org[row.kind], row.org], [say.stage, row.stage && (say === WORDS.en ? row.stage.name_en : row.stage.name)],
      [say.price, row.price && amount(row.price, say)], [say.budget, row.budget && amount(row.budget, say)],
      row.confirmed ? [say.confirmed, row.confirmed] : [say.published, row.published]
    ].filter(function (fact) { return fact[1]; });
    return all.length ? make("dl", { part: "facts", "class": "dj-facts" }, all.map(function (fact) {
      return make("div", {}, [make("dt", {}, fact[0]), make("dd", { lang: "zh-CN" }, fact[1])]);
    })) : "";
  }

  // amount writes fen as the service's pages do: in Chinese in 万元 from 10,000 yuan on; what is no amount as it was given.
  function amount(m, say) {
    var least = m.min || 0, most = m.max || 0;
    if (!least && !most) return m.text;
    var wan = say.wan && Math.max(least, most) >= 1e6;
    var write = function (fen) { return (fen / (wan ? 1e6 : 100)).toLocaleString("en", { maximumFractionDigits: 2 }); };
    var range = least && most && least !== most ? write(least) + "–" + write(most) : write(least || most);
    var each = m.text.indexOf("/"); // 26万元/台
    return put(wan ? say.wan : say.yuan, range) + (!most ? say.least : !least ? say.most : "") + (each < 0 ? "" : m.text.slice(each));
  }

  // rowOf is what all rows have.
  function rowOf(kind, r) {
    return { kind: kind, id: r.id, title: r.title, against: r.against || [], reasons: (r.reasons || []).map(function (reason) { return reason.text; }),
      org: r.org, stage: r.codes && r.codes.stage, price: r.price, budget: r.budget, confirmed: r.confirmed, published: r.published };
  }

  function ofMatches(answer, newest) {
    return {
      total: answer.total, newest: newest || "", at: new Date().toISOString(),
      rows: answer.matches.map(function (m) { return Object.assign(rowOf("achievement", m), { label: m.label, why: m.why }); })
    };
  }

  function ofSearch(answer) {
    var newest = "";
    return {
      rows: answer.results.map(function (r) {
        if ((r.published || "") > newest) newest = r.published;
        return Object.assign(rowOf(r.kind, r), { titleHits: r.title_hits, text: r.snippet, hits: r.hits });
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
