"""MediaPipe loads its library by path, which PyInstaller cannot see."""

from PyInstaller.utils.hooks import collect_dynamic_libs

binaries = collect_dynamic_libs("mediapipe")
