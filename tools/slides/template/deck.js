// Starts a deck once its formulas are set, and shows the code behind the key C.
const KEY_C = 67;

function showCode(wanted) {
  const slide = Reveal.getCurrentSlide();
  const shown = wanted && Boolean(slide?.querySelector(".listing"));
  document.body.classList.toggle("with-code", shown);
  slide?.querySelector(".show-code")?.setAttribute("aria-expanded", String(shown));
}

function toggleCode() {
  showCode(!document.body.classList.contains("with-code"));
}

async function start() {
  await document.fonts.ready;
  Reveal.on("slidechanged", () => showCode(false));
  document.querySelectorAll(".show-code").forEach((button) => button.addEventListener("click", toggleCode));
  await Reveal.initialize({
    width: 1280, height: 720, margin: 0, minScale: 0.1, maxScale: 4, center: false,
    hash: true, slideNumber: "c/t", transition: "none", backgroundTransition: "none", plugins: [RevealNotes],
  });
  Reveal.addKeyBinding({ keyCode: KEY_C, key: "C", description: "Show or hide the code" }, toggleCode);
  document.documentElement.dataset.ready = "true";
}

window.MathJax = {
  tex: { inlineMath: [["$", "$"], ["\\(", "\\)"]], displayMath: [["$$", "$$"], ["\\[", "\\]"]] },
  svg: { fontCache: "local" },
  options: { enableMenu: false },
  startup: { pageReady: () => MathJax.startup.defaultPageReady().then(start) },
};
