"""Emotion Overlay on a server, with Streamlit: pictures, snapshots and videos.

    cd web && streamlit run streamlit_app.py

The tab *Live* shows the page for the browser, so that live video never reaches the server. The
other tabs are read here, in memory or in a temporary folder that is gone when the answer is.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
import streamlit.components.v1 as components

from overlay.analysis.job import Job
from overlay.analysis.reading import FileReader
from overlay.drawing import SUPPORTED_LANGUAGES, SUPPORTED_THEMES
from overlay.drawing.languages import load_language
from overlay.drawing.themes import load_theme
from overlay.errors import OverlayError
from overlay.scene import EMOTIONS
from overlay.settings import Settings
from overlay.web.server import page_dir

LAW = (
    "An expression is not a feeling, and the labels are often wrong. **In the European Union, "
    "schools and employers may not use this to infer the emotions of students or staff.**"
)
#: Height of the page in the tab *Live*, in pixels.
LIVE_HEIGHT = 1000


@st.cache_resource
def reader(theme: str, language: str) -> tuple[FileReader, threading.Lock]:
    """The models, once for all visitors, who take turns."""
    return FileReader(Settings(theme=theme, language=language, bars=True)), threading.Lock()


def choose_look() -> tuple[str, str]:
    """Theme and language of the labels."""
    theme = st.sidebar.selectbox("Theme of the labels", SUPPORTED_THEMES)
    names = {code: load_language(code).name for code in SUPPORTED_LANGUAGES}
    return theme, st.sidebar.selectbox("Language of the labels", names, format_func=names.get)


def label(upload: Any, kind: Any, ending: str, look: tuple[str, str]) -> None:
    """Read a file that a visitor gave, and show it with labels."""
    progress = st.progress(0.0, f"Reading {upload.name}")
    scenes: list[dict[str, Any]] = []
    counts = [0]

    def tell(scene: dict[str, Any]) -> None:
        scenes.append(scene)
        if counts[-1]:
            progress.progress(min(1.0, len(scenes) / counts[-1]), f"Reading {upload.name}")

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "file"), Path(folder, f"labelled.{ending}")
        source.write_bytes(upload.getbuffer())
        files, turn = reader(*look)
        with turn:
            job = Job(source, upload.name, upload.size, 0, kind, target)
            outcome = files.read(job, tell, counts.append)
        progress.empty()
        if outcome.left_out is not None:
            st.error(f"{upload.name} cannot be read: {outcome.left_out}")
            return
        labelled = target.read_bytes()
    for warning in outcome.warnings:
        st.warning(warning)
    show(upload.name, labelled, kind, ending, scenes, look)


def show(
    name: str, labelled: bytes, kind: str, ending: str, scenes: list[dict[str, Any]], look: Any
) -> None:
    """What was found in a file, with a button to keep it."""
    if kind == "picture":
        st.image(labelled, caption=name)
        st.write(describe(scenes[0]["faces"], look[1]))
    else:
        st.video(labelled)
        st.subheader("What the largest face looked like over the video")
        colours = [load_theme("light").emotions[emotion][::-1] for emotion in EMOTIONS]
        st.area_chart(mood(scenes), x_label="seconds", y_label="probability", color=colours)
    file = f"{Path(name).stem}-labelled.{ending}"
    st.download_button("Save", labelled, file, key=f"{kind}-{name}-{len(labelled)}")


def describe(faces: list[dict[str, Any]], language: str) -> str:
    """How many faces there are, and what each looks like."""
    words = load_language(language)
    each = [f"{words.emotions[f['emotion']]} ({f['probability']:.0%})" for f in faces]
    count = "1 face" if len(faces) == 1 else f"{len(faces)} faces"
    return f"{count}: {', '.join(each)}" if faces else "No face found."


def mood(scenes: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """The probabilities of the largest face, by time in seconds."""
    rows = {
        scene["time_s"]: scene["faces"][0]["probabilities"]
        for scene in scenes
        if scene["faces"] and "probabilities" in scene["faces"][0]
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*EMOTIONS])


def show_live() -> None:
    """The page for the browser, from this server."""
    try:
        page = components.declare_component("live", path=str(page_dir()))
    except OverlayError as error:
        st.info(f"Live video needs {error}")
        return
    st.caption("Everything in this tab happens in your browser; no picture reaches the server.")
    st.iframe(f"/component/{page.name}/index.html", height=LIVE_HEIGHT)


st.set_page_config("Emotion Overlay", layout="wide")
if st.get_option("browser.gatherUsageStats"):
    st.error(
        "Start this in the folder web/, whose settings keep Streamlit from sending usage data."
    )
    st.stop()
st.title("Emotion Overlay")
st.markdown(LAW)
chosen = choose_look()
live, snapshot, pictures, video = st.tabs(["Live", "Snapshot", "Pictures", "Video"])
with live:
    show_live()
with snapshot:
    if taken := st.camera_input("Take a picture; it is read on the server and not kept"):
        label(taken, "picture", "png", chosen)
with pictures:
    for upload in st.file_uploader("Pictures", accept_multiple_files=True):
        label(upload, "picture", "png", chosen)
with video:
    if upload := st.file_uploader("A video"):
        label(upload, "video", "mp4", chosen)
