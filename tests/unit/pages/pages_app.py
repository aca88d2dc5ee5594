"""Runs one page as a browser would see it, without a browser."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

PAGES = Path(__file__).resolve().parents[3] / "pages"


def opened(file: str, **parameters: str) -> AppTest:
    """The page ``pages/<file>``, run once behind the menu."""
    app = AppTest.from_file(str(PAGES / "main.py"), default_timeout=60)
    app.switch_page(file)
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.run()


def words(app: AppTest) -> str:
    """Every text on the page, our own HTML included, one after another."""
    texts = [getattr(node, "value", None) for node in app.main]
    texts += [getattr(node, "body", None) for node in app.main]
    return "\n".join(text for text in texts if isinstance(text, str))
