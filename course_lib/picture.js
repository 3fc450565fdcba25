// The front end of course_lib.explorer.Picture: one <img>, one sentence that is read aloud, one table.

function build(model) {
  const element = (name, className, attributes = {}) => {
    const node = document.createElement(name);
    node.className = className;
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const text = element("div", "course-text", { role: "status", "aria-live": "polite" });
  const frame = element("div", "course-frame");
  const image = element("img", "course-image", { draggable: "false" });
  const table = element("div", "course-table jp-RenderedHTMLCommon");
  frame.append(image);
  if (model.get("answers") !== "nothing") {
    frame.tabIndex = 0;
    frame.setAttribute("role", "application");
    frame.setAttribute("aria-label", "Picture: arrow keys move the pointer, Shift with an arrow changes the panel");
    frame.setAttribute("data-lm-suppress-shortcuts", "true"); // else JupyterLab takes the arrow keys
    frame.classList.add("course-answers");
  }
  return { text, frame, image, table };
}

// Decode first, swap after: the old picture stays on screen until the new one can be painted.
async function swap(model, image, state) {
  const png = model.get("png");
  image.hidden = png.byteLength === 0;
  if (image.hidden) return;
  const turn = ++state.turn;
  const address = URL.createObjectURL(new Blob([png], { type: "image/png" }));
  const next = new Image();
  next.src = address;
  try {
    await next.decode();
  } catch {
    // a picture that cannot be decoded ahead is shown all the same
  }
  if (turn !== state.turn) return URL.revokeObjectURL(address); // a newer one came meanwhile
  const old = state.address;
  state.address = image.src = address;
  image.alt = model.get("alt");
  if (old) URL.revokeObjectURL(old);
}

function place(event, image) {
  const box = image.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

// ipywidgets holds changes back until the kernel has answered and then sends the newest: no queue builds up.
function tell(model, name, event, image, state) {
  model.set(name, [...place(event, image), ++state.count]);
  model.save_changes();
}

function listen(model, frame, image, state) {
  image.addEventListener("click", (event) => tell(model, "clicked", event, image, state));
  if (model.get("answers") === "hover") {
    image.addEventListener("pointermove", (event) => {
      cancelAnimationFrame(state.frame);
      state.frame = requestAnimationFrame(() => tell(model, "hovered", event, image, state));
    });
  }
  frame.addEventListener("keydown", (event) => {
    if (!event.key.startsWith("Arrow") && event.key !== "Enter") return;
    event.preventDefault();
    if (event.repeat && state.waiting) return; // a key held down waits for the picture
    state.waiting = true;
    model.send({ key: event.key, shift: event.shiftKey });
  });
}

// ipywidgets' slider handles, and the numbers beside them, carry no name for a screen reader: give them their label's.
function nameSliders(node) {
  for (const slider of node.closest(".course-explorer")?.querySelectorAll(".widget-slider") ?? []) {
    const label = slider.querySelector(".widget-label")?.textContent;
    slider.querySelectorAll(".noUi-handle").forEach((handle) => handle.setAttribute("aria-label", label));
    const readout = slider.querySelector(".widget-readout");
    readout?.setAttribute("role", "textbox");
    readout?.setAttribute("aria-label", `${label}, as a number`);
  }
}

// JupyterLab goes to another cell at an arrow key, and obeys single letters: in an explorer the arrows are the slider's
// or the list's, and letters in a list choose from it. JupyterLab asks for this attribute when a key has reached the
// document, so it is set before; every other key, such as Shift Enter, stays JupyterLab's.
function keepKeys(event) {
  const { target, key } = event;
  if (!target.matches?.(".course-explorer :is(select, .noUi-handle)")) return;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const own = key.startsWith("Arrow") || (key.length === 1 && target.tagName === "SELECT");
  target.toggleAttribute("data-lm-suppress-shortcuts", plain && own);
}

function render({ model, el }) {
  const { text, frame, image, table } = build(model);
  const state = { turn: 0, count: 0, address: null, waiting: false, frame: 0 };
  el.append(text, frame, table);
  if (model.get("answers") !== "nothing") listen(model, frame, image, state);

  const updates = {
    text: () => (text.textContent = model.get("text").replace(/(\d) %/g, "$1\u00a0%")), // no line ends between them
    tone: () => (text.dataset.tone = model.get("tone")),
    html: () => (table.innerHTML = model.get("html")),
    width: () => (image.style.width = `${model.get("width")}px`),
    png: () => swap(model, image, state),
    alt: () => (image.alt = model.get("alt")),
  };
  for (const [name, update] of Object.entries(updates)) {
    update();
    model.on(`change:${name}`, update);
  }
  const answered = () => (state.waiting = false);
  model.on("change", answered);
  const naming = setTimeout(() => nameSliders(el), 300);
  const keeping = (event) => keepKeys(event); // each explorer takes away its own
  window.addEventListener("keydown", keeping, true);
  return () => {
    clearTimeout(naming);
    window.removeEventListener("keydown", keeping, true);
    for (const [name, update] of Object.entries(updates)) model.off(`change:${name}`, update);
    model.off("change", answered);
    if (state.address) URL.revokeObjectURL(state.address);
  };
}

export default { render };
