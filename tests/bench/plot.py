#!/usr/bin/env python3
"""Draws what growth.py recorded: docs/plots/keys.svg, values.svg, connections.svg and depth.svg. The same JSON gives the same bytes.

    tests/bench/plot.py [--json docs/plots/growth.json] [--out docs/plots]
"""
import argparse
import json
import math
import os
from xml.sax.saxutils import escape

HERE = os.path.dirname(os.path.abspath(__file__))
PLOTS = os.path.join(HERE, "../../docs/plots")
SVG_BYTES_MAX = 15_000
WIDTH = 860
LEFT, RIGHT, GAP = 58, 22, 62  # of the panels; a gap has the next panel's tick labels in it
TOP, PANEL_HEIGHT, ROW_HEIGHT, BOTTOM = 100, 150, 228, 10
NAMES = {"ours": "RespKv", "redis": "Redis, appendfsync always"}
STYLE = """
text{font:12px system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;fill:#24292f}
.title{font-size:17px;font-weight:600}.head{font-size:12.5px;font-weight:600}.note,.tick{fill:#57606a}.tick{font-size:11px}
.end{text-anchor:end}.mid{text-anchor:middle}
.grid{stroke:#e4e7eb}.axis{stroke:#8c959f}.line{fill:none;stroke-width:2;stroke-linejoin:round}.deep{stroke-dasharray:6 4}
.ours{stroke:#0969da}.redis{stroke:#cf5500}.mark{stroke-width:1.5}.mark.ours{fill:#0969da}.mark.redis{fill:#fff}
"""


def short(value):
    """1500 -> 1.5k; four digits at most."""
    for factor, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= factor:
            return f"{value / factor:g}{letter}"
    return f"{value:g}"


def size(value):
    for factor, unit in ((1 << 20, "MB"), (1 << 10, "KB")):
        if value >= factor:
            return f"{value / factor:g} {unit}"
    return f"{value} B"


# title, label of the x axis, its tick format, rows (heading, test), columns (heading, value of a server's figures)
RATE = ("requests/s", lambda figures: figures["rps"])
RATE_BYTES = ("MB/s of values", lambda figures: figures["bytes_per_second"] / 1e6)
CPU = ("CPU, µs a request", lambda figures: figures["cpu"])
CHARTS = {
    "keys": ("Number of keys", "keys", short, (RATE, CPU)),
    "values": ("Size of values", "size of a value, bytes", size, (RATE, RATE_BYTES, CPU)),
    "connections": ("Number of connections", "connections", short, (RATE, CPU)),
    "depth": ("Depth of pipelines", "pipeline depth, requests", short, (RATE, CPU)),
}


def log_ticks(values):
    """Ticks of 1, 2, 5 around the values, or of powers of ten when that would be too many."""
    low, high = min(values), max(values)
    steps = [m * 10.0 ** e for e in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1) for m in (1, 2, 5)]
    first = max(i for i, step in enumerate(steps) if step <= low * 1.0001)
    last = min(i for i, step in enumerate(steps) if step >= high * 0.9999)
    if first == last:
        first, last = max(0, first - 1), min(len(steps) - 1, last + 1)
    ticks = steps[first:last + 1]
    if len(ticks) > 7:
        ticks = [10.0 ** e for e in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]
    return ticks[0], ticks[-1], ticks


def linear_ticks(values):
    step = next(m * 10.0 ** e for e in range(-3, 12) for m in (1, 2, 5) if m * 10.0 ** e * 5 >= max(values))
    top = math.ceil(max(values) / step)
    return 0, top * step, [i * step for i in range(top + 1)]


class Panel:
    """One pair of axes; series are (class of the line, server, [(x, y)])."""

    def __init__(self, left, top, width, heading, series, x_format, x_label, logarithmic=True):
        self.left, self.top, self.width = left, top, width
        xs = sorted({x for _, _, points in series for x, _ in points})
        ys = [y for _, _, points in series for _, y in points]
        self.scale = math.log10 if logarithmic else float
        self.low, self.high, ticks = (log_ticks if logarithmic else linear_ticks)(ys)
        self.x_low, self.x_high = math.log10(xs[0]), math.log10(xs[-1])
        bottom = top + PANEL_HEIGHT
        self.parts = [f'<text class="head" x="{left - 40}" y="{top - 12}">{escape(heading)}</text>']
        for tick in ticks:
            y = self.y(tick)
            self.parts.append(f'<path class="grid" d="M{left} {y:.1f}h{width}"/><text class="tick end" x="{left - 7}" y="{y + 4:.1f}">{short(tick)}</text>')
        self.parts.append(f'<path class="axis" d="M{left} {bottom}h{width}"/>')
        end = -1e9
        for x in xs:
            label, at = x_format(x), self.x(x)
            self.parts.append(f'<path class="axis" d="M{at:.1f} {bottom}v4"/>')
            if at - 3.4 * len(label) > end:
                self.parts.append(f'<text class="tick mid" x="{at:.1f}" y="{bottom + 17}">{label}</text>')
                end = at + 3.4 * len(label)
        self.parts.append(f'<text class="note mid" x="{left + width / 2:.1f}" y="{bottom + 34}">{escape(x_label)}</text>')
        for line_class, server, points in reversed(series):  # ours on top
            places = [(self.x(x), self.y(y)) for x, y in points]
            self.parts.append(f'<path class="line {line_class}{server}" d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in places)}"/>')
            self.parts += [mark(server, x, y) for x, y in places]

    def x(self, value):
        return self.left + 14 + (math.log10(value) - self.x_low) / ((self.x_high - self.x_low) or 1) * (self.width - 28)

    def y(self, value):
        low, high = self.scale(self.low), self.scale(self.high)
        return self.top + PANEL_HEIGHT * (1 - (self.scale(value) - low) / (high - low))


def mark(server, x, y):
    if server == "ours":
        return f'<circle class="mark ours" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
    return f'<rect class="mark redis" x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7"/>'


def legend(depths):
    parts, x = [], LEFT - 40
    for server, name in NAMES.items():
        parts.append(f'<path class="line {server}" d="M{x:.0f} 68h30"/>{mark(server, x + 15, 68)}<text x="{x + 38:.0f}" y="72">{name}</text>')
        x += 58 + 6.6 * len(name)
    if len(depths) > 1:
        for line_class, depth in zip(("", "deep "), depths):
            name = "one request at a time" if depth == 1 else f"{depth} deep"
            parts.append(f'<path class="line {line_class}" stroke="#57606a" d="M{x:.0f} 68h30"/><text x="{x + 38:.0f}" y="72">{name}</text>')
            x += 58 + 6.6 * len(name)
    return parts


def chart(name, section):
    title, x_label, x_format, columns = CHARTS[name]
    axis, points = section["axis"], section["points"]
    depths = sorted({point["depth"] for point in points}) if axis != "depth" else [1]
    width = (WIDTH - LEFT - RIGHT - GAP * (len(columns) - 1)) / len(columns)
    lefts = [round(LEFT + number * (width + GAP)) for number in range(len(columns))]
    panels = []
    for row, test in enumerate(("set", "get")):
        for left, (heading, value) in zip(lefts, columns):
            series = [(line_class, server, [(p[axis], value(p[server])) for p in points if p["test"] == test and (axis == "depth" or p["depth"] == depth)])
                      for server in NAMES for line_class, depth in zip(("", "deep "), depths)]
            panels.append(Panel(left, TOP + 20 + row * ROW_HEIGHT, round(width), f"{test.upper()}: {heading}", series, x_format, x_label))
    for left, (heading, what) in zip(lefts, (("Memory: used_memory, bytes a key", "used_bytes_per_key"), ("Memory: resident, bytes a key", "resident_bytes_per_key"))):
        if section["memory"]:
            series = [("", server, [(row["keys"], row[server][what]) for row in section["memory"]]) for server in NAMES]
            panels.append(Panel(left, TOP + 20 + 2 * ROW_HEIGHT, round(width), heading, series, x_format, x_label, logarithmic=False))
    height = max(panel.top for panel in panels) + PANEL_HEIGHT + 42 + BOTTOM
    first = points[0]
    fixed = [f"{first['clients']} connections" if axis != "clients" else "", f"values of {size(first['value_bytes'])}" if axis != "value_bytes" else "",
             f"{short(first['keys'])} keys" if axis in ("clients", "depth") else "", "one request at a time" if axis in ("clients", "value_bytes") else ""]
    fixed = ", ".join(filter(None, fixed))
    note = (f"{fixed[0].upper()}{fixed[1:]}; {section['cpus']} cores, fdatasync {section['fdatasync_ms']:.2f} ms, Redis {section['redis_version']}; "
            f"medians of {section['runs']} runs in turn, {section['date']}")
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>", f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1}" rx="6" fill="#fff" stroke="#d0d7de"/>',
        f'<text class="title" x="{LEFT - 40}" y="30">{escape(title)}</text>', f'<text class="note" x="{LEFT - 40}" y="50">{escape(note)}</text>',
        *legend(depths), *(part for panel in panels for part in panel.parts), "</svg>", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", default=os.path.join(PLOTS, "growth.json"))
    parser.add_argument("--out", default=PLOTS)
    args = parser.parse_args()
    with open(args.json, encoding="utf-8") as file:
        sections = json.load(file)
    os.makedirs(args.out, exist_ok=True)
    for name in CHARTS:
        if name not in sections:
            print(f"{name}: not in {args.json}")
            continue
        text = chart(name, sections[name]).encode()
        if len(text) > SVG_BYTES_MAX:
            raise SystemExit(f"{name}.svg would have {len(text)} bytes, more than {SVG_BYTES_MAX}")
        with open(os.path.join(args.out, f"{name}.svg"), "wb") as file:
            file.write(text)
        print(f"{name}.svg: {len(text)} bytes")


if __name__ == "__main__":
    main()
