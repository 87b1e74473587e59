#!/usr/bin/env bash
# A desktop with a panel, in which the menu entry is started: how long until the icon is there, and
# what a second start does. Runs inside the machine of trial.sh, as a user.
#
#   trial-session CONSENT_VERSION
set -euo pipefail

export DISPLAY=:7 XDG_CURRENT_DESKTOP=XFCE XDG_RUNTIME_DIR=$HOME/run
mkdir -p "$XDG_RUNTIME_DIR" && chmod 700 "$XDG_RUNTIME_DIR"
Xvfb :7 -screen 0 1280x720x24 -nolisten tcp >/dev/null 2>&1 &
xvfb=$!
trap 'kill $xvfb 2>/dev/null || true' EXIT
eval "$(dbus-launch --sh-syntax)"
sleep 1

mkdir -p ~/.config/xfce4/xfconf/xfce-perchannel-xml
cp /usr/local/share/xfce4-panel.xml ~/.config/xfce4/xfconf/xfce-perchannel-xml/
openbox >/dev/null 2>&1 &
xfce4-panel >/dev/null 2>&1 &

items() {
    gdbus call --session --dest org.kde.StatusNotifierWatcher --object-path /StatusNotifierWatcher \
        --method org.freedesktop.DBus.Properties.Get org.kde.StatusNotifierWatcher \
        RegisteredStatusNotifierItems 2>/dev/null
}

# Nothing else runs that has an icon.
has_icon() {
    items | grep -q "'"
}

for _ in $(seq 50); do
    if items >/dev/null; then break; fi
    sleep 0.2
done
items || { echo "no panel"; exit 1; }

export EMOTION_OVERLAY_SOURCE=demo EMOTION_OVERLAY_OUTPUT=none EMOTION_OVERLAY_WINDOW=true
export EMOTION_OVERLAY_CONSENT=$1
start() {
    begin=$(date +%s%N)
    gio launch /usr/share/applications/emotion-overlay.desktop >said.txt 2>&1 &
    for _ in $(seq 300); do
        if has_icon; then break; fi
        sleep 0.05
    done
    has_icon || { cat said.txt; emotion-overlay logs | tail; exit 1; }
    echo "icon after $((($(date +%s%N) - begin) / 1000000)) ms ($1)"
}

start cold
sleep 6
import -window root desktop.png
emotion-overlay status | head -n 8
gio launch /usr/share/applications/emotion-overlay.desktop 2>&1
echo "the second start ended with $?"
emotion-overlay stop
start warm
emotion-overlay stop
