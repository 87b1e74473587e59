/** Draws boxes and labels as the app does: a dot in the emotion's colour, its name, its probability. */

import { DRAWING, THEMES, type ThemeName, UNSURE } from "./constants";
import { labelName, mark, percent, reasonName } from "./page/texts";
import type { Box, Emotion, Face, Scene } from "./scene";

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

const { SMALLEST_TEXT, CROWD } = DRAWING;

const FAMILY = '"Hind", system-ui, sans-serif';

/** Load the labels' font; without it they are drawn in another one. */
export async function loadFont(): Promise<void> {
  await document.fonts.load(`600 16px ${FAMILY}`).catch(() => []);
}

export interface Look {
  readonly theme: ThemeName;
  /** Whether the picture below is shown mirrored; texts never are. */
  readonly mirrored: boolean;
  /** The smallest em of a label, in pixels of the picture. */
  readonly smallest?: number;
}

/** Draw the labels of a scene on a canvas of the same size as its picture. */
export function drawScene(context: Context, scene: Scene, look: Look): void {
  const faces = look.mirrored ? scene.faces.map((face) => mirrored(face, scene.width)) : scene.faces;
  for (const face of faces) drawBox(context, scene, face, look.theme);
  const taken: Box[] = [];
  for (const face of faces) if (face.emotion) drawLabel(context, scene, face, look, taken);
  if (faces.length) drawMark(context, scene, look);
}

function mirrored(face: Face, width: number): Face {
  return { ...face, box: { ...face.box, x: width - face.box.x - face.box.width } };
}

/** Em of a label in pixels: it grows with the face, within limits set by the picture, as in the app. */
function emOf(scene: Scene, face: Face, smallest = SMALLEST_TEXT): number {
  const crowded = scene.faces.length >= CROWD;
  const usual = 0.028 * scene.height;
  const least = crowded ? Math.min(usual, 0.25 * face.box.height) : usual;
  const wanted = Math.min(Math.max(0.115 * face.box.height, least), 0.046 * scene.height);
  return Math.round(Math.max(wanted, smallest));
}

function colorOf(face: Face, theme: ThemeName): string {
  return THEMES[theme].emotions[face.emotion?.label ?? "unsure"];
}

function drawBox(context: Context, scene: Scene, face: Face, theme: ThemeName): void {
  const { x, y, width, height } = face.box;
  const { halo, halo_opacity: opacity } = THEMES[theme];
  const thickness = Math.max(Math.min(Math.max(0.012 * height, scene.height / 500), scene.height / 220), 1);
  context.save();
  context.beginPath();
  context.roundRect(x, y, width, height, 0.08 * width);
  context.lineWidth = thickness + 2;
  context.globalAlpha = opacity;
  context.strokeStyle = halo;
  context.stroke();
  context.globalAlpha = 1;
  context.lineWidth = thickness;
  context.strokeStyle = colorOf(face, theme);
  context.stroke();
  context.restore();
}

function wordsOf({ label, probability, reason }: Emotion): { name: string; number: string } {
  if (label !== UNSURE) return { name: labelName(label), number: percent(probability) };
  const name = [labelName(label), ...(reason ? [reasonName(reason)] : [])].join(" · ");
  return { name, number: "" };
}

function drawLabel(
  context: Context, scene: Scene, face: Face, { theme, smallest }: Look, taken: Box[],
): void {
  const em = emOf(scene, face, smallest);
  const { name, number } = wordsOf(face.emotion!);
  context.save();
  context.font = `600 ${em}px ${FAMILY}`;
  context.textBaseline = "middle";
  const padding = 0.58 * em;
  const dot = 0.52 * em;
  const text = padding + dot + 0.36 * em;
  const named = context.measureText(name).width;
  const numbered = number ? 0.32 * em + context.measureText(percent(0.88)).width : 0;
  const size = { width: text + named + numbered + padding, height: 1.6 * em };
  const place = placeOf(face.box, size, scene, taken);
  taken.push(place);
  panel(context, place, 0.46 * em, theme);
  const middle = place.y + place.height / 2;
  drawDot(context, place.x + padding + dot / 2, middle, dot / 2, face, theme);
  const { text: strong, muted } = THEMES[theme];
  context.fillStyle = number ? strong : muted;
  context.fillText(name, place.x + text, middle + 0.06 * em);
  context.fillStyle = muted;
  context.textAlign = "right";
  context.fillText(number, place.x + place.width - padding, middle + 0.06 * em);
  context.restore();
}

/** A dot; a ring if unsure; a ring around it if the resting face has been allowed for. */
function drawDot(
  context: Context, x: number, y: number, radius: number, face: Face, theme: ThemeName,
): void {
  const unsure = face.emotion!.label === UNSURE;
  const resting = face.emotion!.resting && !unsure;
  context.fillStyle = context.strokeStyle = colorOf(face, theme);
  context.lineWidth = Math.max(0.2 * radius, 1.2);
  context.beginPath();
  context.arc(x, y, resting ? radius / 2 : radius, 0, 2 * Math.PI);
  if (unsure) context.stroke();
  else context.fill();
  if (!resting) return;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.stroke();
}

function panel(context: Context, { x, y, width, height }: Box, radius: number, theme: ThemeName): void {
  context.globalAlpha = THEMES[theme].panel_opacity;
  context.fillStyle = THEMES[theme].panel;
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
  context.fill();
  context.globalAlpha = 1;
}

/** Above the box, below it, or inside at the bottom: the first place that is free and in the picture. */
function placeOf(
  box: Box, { width, height }: { width: number; height: number }, scene: Scene, taken: Box[],
): Box {
  const gap = 0.25 * height;
  const x = Math.min(Math.max(box.x, 0), Math.max(0, scene.width - width));
  const rows = [box.y - gap - height, box.y + box.height + gap, box.y + box.height - gap - height];
  const places = rows.map((y) => ({ x, y, width, height }));
  const inside = places.filter(({ y }) => y >= 0 && y + height <= scene.height);
  const free = inside.find((place) => !taken.some((other) => overlaps(place, other)));
  const best = free ?? inside[0] ?? places[0];
  return { ...best, y: Math.min(Math.max(best.y, 0), Math.max(0, scene.height - height)) };
}

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** The mark that says that the labels are a machine's estimate. */
function drawMark(context: Context, scene: Scene, { theme, smallest = SMALLEST_TEXT }: Look): void {
  const em = Math.round(Math.max(0.028 * scene.height, smallest));
  context.save();
  context.font = `600 ${em}px ${FAMILY}`;
  context.textBaseline = "middle";
  const width = context.measureText(mark()).width + 1.16 * em;
  const place = { x: scene.width - width - em / 2, y: scene.height - 2.1 * em, width, height: 1.6 * em };
  panel(context, place, 0.46 * em, theme);
  context.fillStyle = THEMES[theme].muted;
  context.fillText(mark(), place.x + 0.58 * em, place.y + 0.86 * em);
  context.restore();
}
