/// The program of the page of a map.
enum LatentPageScript {
  /// It may not hold the end of a CDATA section.
  static let text = #"""
    "use strict";
    const data = JSON.parse(document.getElementById("content").textContent);
    const get = (id) => document.getElementById(id);
    const [canvas, tip, shape, label, slider] = ["map", "tip", "shape", "label", "frame"].map(get);
    const pen = canvas.getContext("2d");
    const count = data.names.length;
    const png = "data:image/png;base64,";
    const state = { zoom: 1, x: 0, y: 0, chosen: -1, hover: -1, frame: -1, playing: false, pictures: true, way: true,
      shown: data.palette.map(() => true) };
    const place = (list, index) => [list[2 * index] / 1e4, list[2 * index + 1] / 1e4];
    const icons = new Map();

    // Points in a mixed order, so that no category lies over the others.
    const order = Array.from({ length: count }, (_, index) => index)
      .sort((a, b) => (a * 2654435761 % 4294967296) - (b * 2654435761 % 4294967296));

    function screen([x, y]) {
      const half = canvas.width / 2 * 0.9 * state.zoom;
      return [canvas.width / 2 + (x - state.x) * half, canvas.height / 2 - (y - state.y) * half];
    }
    function disc(place, radius, color) {
      const [x, y] = screen(place);
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.fillStyle = color;
      pen.fill();
    }
    function drawPoints(unit) {
      const radius = unit * Math.min(6, Math.max(1.6, 60 / Math.sqrt(count))) * Math.min(2, Math.sqrt(state.zoom));
      pen.globalAlpha = 0.8;
      for (const index of order) {
        if (state.shown[data.categories[index]]) disc(place(data.places, index), radius, color(index));
      }
      pen.globalAlpha = 1;
      return radius;
    }
    function drawWay(unit) {
      if (!state.way || data.path.length === 0) return;
      pen.beginPath();
      for (let index = 0; index < data.path.length / 2; index++) pen.lineTo(...screen(place(data.path, index)));
      pen.lineWidth = 1.4 * unit;
      pen.setLineDash([6 * unit, 4 * unit]);
      pen.strokeStyle = "#52606d";
      pen.stroke();
      pen.setLineDash([]);
    }
    function drawStops(unit) {
      for (const stop of data.stops) {
        if (!state.shown[data.categories[stop.index]]) continue;
        const point = place(data.places, stop.index), [x, y] = screen(point), icon = icons.get(stop.index);
        const size = unit * 58;
        disc(point, 5 * unit, "#1f2933");
        disc(point, 3.6 * unit, color(stop.index));
        if (state.pictures && icon && icon.complete) pen.drawImage(icon, x - size / 2, y - size - 2 * unit, size, size);
      }
    }
    function draw() {
      const unit = window.devicePixelRatio || 1, side = Math.round(canvas.clientWidth * unit);
      const height = Math.round(canvas.clientHeight * unit);
      if (canvas.width !== side || canvas.height !== height) [canvas.width, canvas.height] = [side, height];
      pen.clearRect(0, 0, canvas.width, canvas.height);
      const radius = drawPoints(unit);
      drawWay(unit);
      drawStops(unit);
      if (state.chosen >= 0) ring(place(data.places, state.chosen), radius + 4 * unit, unit);
      if (state.frame >= 0) {
        const frame = data.frames[state.frame];
        disc([frame.x, frame.y], 10 * unit, "#ffffff");
        disc([frame.x, frame.y], 8 * unit, "#1f2933");
      }
    }
    function ring(point, radius, unit) {
      const [x, y] = screen(point);
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.lineWidth = 2.4 * unit;
      pen.strokeStyle = "#1f2933";
      pen.stroke();
    }
    function color(index) { return data.palette[data.categories[index]].color; }
    function describe(index) {
      const name = data.palette[data.categories[index]].name;
      return data.names[index] + (name ? ", " + name : "") + ", cluster " + data.clusters[index];
    }

    // The nearest point that is shown, within some pixels.
    function nearest(x, y, reach, among) {
      let [best, least] = [-1, reach * reach];
      for (const index of among) {
        if (!state.shown[data.categories[index]]) continue;
        const [px, py] = screen(place(data.places, index));
        const square = (px - x) * (px - x) + (py - y) * (py - y);
        if (square < least) [best, least] = [index, square];
      }
      return best;
    }
    const pictured = Object.keys(data.pictures).map(Number);
    function choose(index) {
      play(false);
      [state.chosen, state.frame] = [index, -1];
      const [x, y] = screen(place(data.places, index));
      const other = data.pictures[index] ? index : nearest(x, y, Infinity, pictured);
      const own = other === index;
      if (other >= 0) shape.src = png + data.pictures[other];
      label.textContent = describe(index) + (own ? "" : other < 0 ? ": without a picture"
        : ". The page has no picture of it; this is " + data.names[other] + ", the nearest that it has.");
      draw();
    }
    function show(frame) {
      if (data.frames.length === 0) return;
      state.frame = (frame + data.frames.length) % data.frames.length;
      state.chosen = -1;
      slider.value = state.frame;
      shape.src = png + data.frames[state.frame].picture;
      label.textContent = data.frames[state.frame].label;
      slider.setAttribute("aria-valuetext", data.frames[state.frame].label);
      draw();
    }
    let last = 0;
    function tick(time) {
      if (!state.playing) return;
      if (time - last >= 1000 / data.framesPerSecond) {
        last = time;
        show(state.frame + 1);
      }
      requestAnimationFrame(tick);
    }
    function play(on) {
      state.playing = on;
      get("play").setAttribute("aria-pressed", on);
      get("play").textContent = on ? "Pause" : "Play";
      if (on) requestAnimationFrame(tick);
    }

    function at(event) {
      const box = canvas.getBoundingClientRect(), unit = canvas.width / box.width;
      return [(event.clientX - box.left) * unit, (event.clientY - box.top) * unit, unit, box];
    }
    let drag = null;
    canvas.addEventListener("pointermove", (event) => {
      const [x, y, unit, box] = at(event);
      if (drag) {
        const half = canvas.width / 2 * 0.9 * state.zoom;
        state.x = drag.x - (x - drag.startX) / half;
        state.y = drag.y + (y - drag.startY) / half;
        drag.moved = drag.moved || Math.hypot(x - drag.startX, y - drag.startY) > 4 * unit;
        return draw();
      }
      const index = nearest(x, y, 12 * unit, order);
      tip.hidden = index < 0;
      if (index < 0) return;
      tip.textContent = describe(index);
      tip.style.left = Math.min(event.clientX - box.left + 12, Math.max(0, box.width - tip.offsetWidth - 6)) + "px";
      tip.style.top = Math.max(0, event.clientY - box.top - 30) + "px";
    });
    canvas.addEventListener("lostpointercapture", () => { drag = null; });
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      const [x, y] = at(event);
      drag = { startX: x, startY: y, x: state.x, y: state.y, moved: false };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointerup", (event) => {
      const [x, y, unit] = at(event), moved = drag ? drag.moved : true;
      drag = null;
      if (moved) return;
      const index = nearest(x, y, 16 * unit, order);
      if (index >= 0) choose(index);
    });
    canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      const [x, y] = at(event), before = canvas.width / 2 * 0.9 * state.zoom;
      state.zoom = Math.min(60, Math.max(0.5, state.zoom * Math.exp(-event.deltaY * 0.0015)));
      const after = canvas.width / 2 * 0.9 * state.zoom;
      state.x += (x - canvas.width / 2) * (1 / before - 1 / after);
      state.y -= (y - canvas.height / 2) * (1 / before - 1 / after);
      draw();
    }, { passive: false });

    function toggle(id, key) {
      get(id).addEventListener("click", () => {
        state[key] = !state[key];
        get(id).setAttribute("aria-pressed", state[key]);
        draw();
      });
    }
    toggle("pictures", "pictures");
    toggle("way", "way");
    get("whole").addEventListener("click", () => { [state.zoom, state.x, state.y] = [1, 0, 0]; draw(); });
    get("play").addEventListener("click", () => play(!state.playing));
    slider.addEventListener("input", () => { play(false); show(Number(slider.value)); });

    const named = data.palette.some((category) => category.name);
    get("legendtitle").textContent = named ? "Categories" : "No categories are known";
    data.palette.forEach((category, index) => {
      if (!named) return;
      const line = document.createElement("label"), box = document.createElement("input");
      [box.type, box.checked] = ["checkbox", true];
      box.addEventListener("change", () => { state.shown[index] = box.checked; draw(); });
      const mark = document.createElement("i"), number = document.createElement("span");
      mark.style.background = category.color;
      number.textContent = category.count;
      line.append(box, mark, category.name || "no category", number);
      get("legend").append(line);
    });
    for (const stop of data.stops) {
      const button = document.createElement("button");
      button.style.borderColor = color(stop.index);
      button.title = describe(stop.index);
      const content = document.createElement(data.pictures[stop.index] ? "img" : "span");
      if (data.pictures[stop.index]) {
        content.alt = describe(stop.index);
        content.addEventListener("load", draw);
        content.src = png + data.pictures[stop.index];
        icons.set(stop.index, content);
      } else {
        content.textContent = data.names[stop.index];
      }
      button.append(content);
      button.addEventListener("click", () => choose(stop.index));
      get("stops").append(button);
    }
    slider.max = Math.max(0, data.frames.length - 1);
    get("player").hidden = data.frames.length === 0;
    if (data.frames.length === 0 && data.stops.length > 0) choose(data.stops[0].index); else show(0);
    window.addEventListener("resize", draw);
    draw();
    """#
}
