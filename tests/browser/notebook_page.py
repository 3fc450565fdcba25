"""A notebook open in JupyterLab, and what a user does with it."""

import re
import secrets

from playwright.sync_api import Error, Locator, Page, expect

PATIENCE = 90_000  # milliseconds: two busy cores
SKIPPED_FRAME = "Ignoring draw call as the previous draw call has not yet finished"
CURRENT = "window.jupyterapp?.shell?.currentWidget"
CODE = f"""[...{CURRENT}.content.model.cells].filter((c) => c.type === "code" && c.sharedModel.getSource().trim())"""
WAITING = f"{CODE}.filter((cell) => cell.executionCount === null)"
ERRORS = f"""{CODE}.flatMap((cell) => cell.outputs.toJSON()).filter((output) => output.output_type === "error")
    .map((output) => output.ename + ": " + output.evalue)"""


class NotebookPage:
    """The notebook in the foreground.

    Attributes
    ----------
    page : playwright Page
    errors : list of str
        What the page has thrown, and the errors on its console.
    """

    def __init__(self, page: Page, address: str, token: str):
        self.page, self._address, self._token = page, address, token
        self.errors: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", self._note)
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))

    def _note(self, error: Error) -> None:
        """Keep what the page has thrown, but not what the atlas says of a machine too busy to draw each frame."""
        if SKIPPED_FRAME not in error.message:
            self.errors.append(f"page error: {error.stack or error}")

    def open(self, path: str) -> None:
        """Open the notebook and wait for its session and kernel."""
        workspace = self._new_workspace()
        self.page.goto(f"{self._address}/lab/workspaces/{workspace}/tree/{path}?token={self._token}")
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
        self.page.wait_for_function(f"{CURRENT}?.sessionContext?.isReady && {CURRENT}.context.isReady")
        self.wait_until_idle()

    def _new_workspace(self) -> str:
        """A copy of the one that the server starts with, which would restore the tabs of earlier pages."""
        name, address = secrets.token_hex(8), f"{self._address}/lab/api/workspaces"
        with_token = {"headers": {"Authorization": f"token {self._token}"}}
        layout = self.page.request.get(f"{address}/default", **with_token).json()
        made = self.page.request.put(f"{address}/{name}", data=layout | {"metadata": {"id": name}}, **with_token)
        assert made.ok, made.text()
        return name

    def run_all(self) -> None:
        """Run every cell and wait until the last has run, or one has raised."""
        self.page.evaluate("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
        # not awaited: the command's promise is no sign that the kernel has done its work
        self.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        self.page.wait_for_function(f"() => ({ERRORS}).length > 0 || ({WAITING}).length === 0")
        if raised := self.page.evaluate(ERRORS):
            raise AssertionError(f"a cell raised {raised[0]}")
        self.wait_until_idle()

    def show(self, theme: str, width: int) -> None:
        """Make the page light or dark and that wide; on a narrow one the contents are closed, as a reader would."""
        self.page.set_viewport_size({"width": width, "height": 1000})
        self.page.emulate_media(color_scheme=theme)
        self.page.evaluate(f"window.jupyterapp.shell.{'expandLeft' if width > 1000 else 'collapseLeft'}()")
        light = "true" if theme == "light" else "false"
        self.page.wait_for_selector(f"body[data-jp-theme-light='{light}']", state="attached")
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")  # covers the page while the theme loads

    def wait_until_idle(self) -> None:
        self.page.wait_for_function(f"{CURRENT}?.sessionContext?.session?.kernel?.status === 'idle'")

    def explorer(self, number: int = 0) -> Locator:
        """Return the explorer of that number, counted from the top of the notebook."""
        return self.page.locator(".course-explorer").nth(number)

    def explorer_text(self, number: int = 0) -> str:
        """Return the sentence that the explorer shows."""
        return self.explorer(number).locator(".course-text").inner_text()

    def wait_for_change(self, before: str, number: int = 0) -> None:
        """Wait until the explorer's sentence is another one than `before`."""
        sentence = f"document.querySelectorAll('.course-explorer .course-text')[{number}].innerText"
        self.page.wait_for_function(f"old => {sentence} !== old", arg=before)

    def image(self, number: int = 0) -> Locator:
        """Return the explorer's picture."""
        return self.explorer(number).locator("img.course-image")

    def expect_text(self, text: str | re.Pattern, number: int = 0) -> None:
        """Wait until the explorer's sentence contains `text`."""
        expect(self.explorer(number).locator(".course-text")).to_contain_text(text, timeout=PATIENCE)

    def move_slider(self, label: str, steps: int, number: int = 0) -> None:
        """Move the slider by keyboard, to the right for positive `steps`."""
        handle = self._control("widget-slider", label, number).locator(".noUi-handle")
        handle.focus()
        for _ in range(abs(steps)):
            handle.press("ArrowRight" if steps > 0 else "ArrowLeft")

    def choose(self, label: str, option: str, number: int = 0) -> None:
        """Choose from a list."""
        self._control("widget-dropdown", label, number).locator("select").select_option(label=option)

    def switch(self, label: str, number: int = 0) -> None:
        """Turn a switch by keyboard."""
        self._control("widget-checkbox", label, number).locator("input").press("Space")

    def write(self, label: str, text: str, number: int = 0) -> None:
        """Replace what stands in a text box."""
        self._control("widget-text", label, number, "widget-textarea").locator("input, textarea").fill(text)

    def click(self, x: float, y: float, number: int = 0) -> None:
        """Click on the picture at fractions (x, y) from its upper left corner."""
        box = self.image(number).bounding_box()
        self.image(number).click(position={"x": x * box["width"], "y": y * box["height"]})

    def wait_for_new_picture(self, old: str, number: int = 0) -> str:
        """Wait until the picture is another one than `old`, and return its address."""
        expect(self.image(number)).not_to_have_attribute("src", old, timeout=PATIENCE)
        return self.image(number).get_attribute("src")

    def _control(self, kind: str, label: str, number: int, other_kind: str | None = None) -> Locator:
        kinds = f".{kind}, .{other_kind}" if other_kind else f".{kind}"
        return self.explorer(number).locator(kinds).filter(has_text=label).first

    def close(self) -> None:
        """Shut the kernel down and leave."""
        try:
            self.page.evaluate(f"async () => {{ await {CURRENT}?.sessionContext?.shutdown?.(); }}")
        finally:
            self.page.context.close()
