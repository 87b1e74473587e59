"""Emotion Overlay on a server, with Streamlit: pictures, snapshots and videos.

    cd web && streamlit run streamlit_app.py

The tab *Live* shows the page for the browser, so that live video never reaches the server. The
other tabs are read here, in memory or in a temporary folder that is gone when the answer is.
"""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import streamlit as st
import streamlit.components.v1 as components
from mood_chart import mood_chart

from overlay.analysis.job import Job
from overlay.analysis.reading import FileReader
from overlay.drawing import SUPPORTED_LANGUAGES, SUPPORTED_THEMES
from overlay.drawing.languages import Language, load_language
from overlay.errors import OverlayError
from overlay.scene import UNSURE
from overlay.settings import Settings
from overlay.web.server import page_dir

LAW = (
    "An expression is not a feeling, and the labels are often wrong. **In the European Union, "
    "schools and employers must not use this to infer the emotions of students or staff.**"
)
#: Height of the page in the tab *Live*, in pixels.
LIVE_HEIGHT = 1000
#: Of more faces than this, a picture's caption counts the labels.
MOST_NAMED = 6


@st.cache_resource
def reader(theme: str, language: str) -> tuple[FileReader, threading.Lock]:
    """The models, once for all visitors, who take turns."""
    return FileReader(Settings(theme=theme, language=language, bars=True)), threading.Lock()


def choose_look() -> tuple[str, str]:
    """Theme and language of the labels."""
    st.sidebar.subheader("Labels on pictures and videos")
    theme = st.sidebar.selectbox("Theme", SUPPORTED_THEMES, format_func=str.capitalize)
    names = {code: load_language(code).name for code in SUPPORTED_LANGUAGES}
    return theme, st.sidebar.selectbox("Language", names, format_func=names.get)


def label(upload: Any, name: str, kind: Any, ending: str, look: tuple[str, str]) -> None:
    """Read a file that a visitor gave, and show it with labels."""
    progress = st.progress(0.0, f"Reading {name}")
    scenes: list[dict[str, Any]] = []
    counts = [0]

    def tell(scene: dict[str, Any]) -> None:
        scenes.append(scene)
        if counts[-1]:
            progress.progress(min(1.0, len(scenes) / counts[-1]), f"Reading {name}")

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "file"), Path(folder, f"labelled.{ending}")
        source.write_bytes(upload.getbuffer())
        files, turn = reader(*look)
        with turn:
            outcome = files.read(
                Job(source, name, upload.size, 0, kind, target), tell, counts.append
            )
        progress.empty()
        if outcome.left_out is not None:
            st.error(f"{name} cannot be read: {outcome.left_out}")
            return
        labelled = target.read_bytes()
    for warning in outcome.warnings:
        st.warning(warning)
    language = load_language(look[1])
    if kind == "picture":
        st.image(labelled, width="stretch")
        st.write(f"**{name}** · {describe(scenes[0]['faces'], language)}")
    else:
        st.video(labelled)
        show_mood(scenes, language)
    file = f"{Path(name).stem}-labelled.{ending}"
    st.download_button(f"Save the labelled {kind}", labelled, file, key=f"{kind}-{upload.file_id}")


def describe(faces: list[dict[str, Any]], language: Language) -> str:
    """How many faces there are, and what each looks like."""
    if not faces:
        return "No face found."
    if len(faces) <= MOST_NAMED:
        each = [f"{language.emotions[f['emotion']]} {percent(f, language)}" for f in faces]
    else:
        labels = Counter(face["emotion"] for face in faces).most_common()
        each = [f"{count} × {language.emotions[emotion]}" for emotion, count in labels]
    return f"{len(faces)} {'face' if len(faces) == 1 else 'faces'}: {', '.join(each)}"


def percent(face: dict[str, Any], language: Language) -> str:
    """The probability as labels have it; none if unsure."""
    if face["emotion"] == UNSURE:
        return ""
    return language.percent.format(min(99, round(100 * face["probability"])))


def show_mood(scenes: list[dict[str, Any]], language: Language) -> None:
    """The probabilities of the largest face, over the time of the video."""
    seen = [(scene["time_s"], scene["faces"][0]) for scene in scenes if scene["faces"]]
    readings = [(time_s, face["probabilities"]) for time_s, face in seen if "probabilities" in face]
    if not readings:
        st.write("No face found.")
        return
    st.subheader("What the largest face looked like")
    st.html(mood_chart(readings, scenes[-1]["time_s"], language))


def show_live() -> None:
    """The page for the browser, from this server."""
    try:
        page = components.declare_component("live", path=str(page_dir()))
    except OverlayError as error:
        st.info(f"Live video needs {error}")
        return
    st.caption("Everything in this tab happens in your browser; no picture reaches the server.")
    st.iframe(f"/component/{page.name}/index.html", height=LIVE_HEIGHT)


st.set_page_config("Emotion Overlay")
if st.get_option("browser.gatherUsageStats"):
    st.error(
        "Start this in the folder web/, whose settings keep Streamlit from sending usage data."
    )
    st.stop()
st.title("Emotion Overlay")
chosen = choose_look()
live, snapshot, pictures, video = st.tabs(["Live", "Snapshot", "Pictures", "Video"])
with live:
    show_live()
with snapshot:
    st.markdown(LAW)
    if taken := st.camera_input("Take a picture; it is read on the server and not kept"):
        label(taken, "snapshot", "picture", "png", chosen)
with pictures:
    st.markdown(LAW)
    told = "Pictures; they are read on the server and not kept"
    for upload in st.file_uploader(told, accept_multiple_files=True):
        label(upload, upload.name, "picture", "png", chosen)
with video:
    st.markdown(LAW)
    if upload := st.file_uploader("A video; it is read on the server and not kept"):
        label(upload, upload.name, "video", "mp4", chosen)
