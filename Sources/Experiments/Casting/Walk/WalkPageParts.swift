/// Style, controls and program of the page of a walk.
enum WalkPageParts {
  static let style = """
    :root { --ink: #1f2933; --muted: #5b6773; --line: #dfe3e8; --ground: #fbfbf9; --card: #ffffff; --accent: #0b62a4; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e6e9ed; --muted: #9fabb7; --line: #343c45; --ground: #14181d; --card: #1c2228; --accent: #7cc0f2; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--ground); color: var(--ink);
      font: 16px/1.5 "Inter", "Helvetica Neue", "Segoe UI", "DejaVu Sans", Arial, sans-serif; }
    main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.2rem 3rem; }
    h1 { font-size: 1.6rem; margin: 0 0 .2rem; letter-spacing: -.01em; }
    .facts { color: var(--muted); font-size: .88rem; margin: 0 0 1rem; overflow-wrap: anywhere; }
    #stage { position: relative; background: #ffffff; border: 1px solid var(--line); border-radius: 8px; overflow: hidden;
      aspect-ratio: 1; max-height: 72vh; margin: 0 auto; width: min(100%, 72vh); }
    #stage img, #stage canvas { width: 100%; height: 100%; display: block; object-fit: contain; }
    #stage canvas { touch-action: none; cursor: grab; }
    #stage [hidden] { display: none; }
    #label { position: absolute; left: .8rem; top: .6rem; margin: 0; font-size: .9rem; color: #22262b;
      font-variant-numeric: tabular-nums; }
    .row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin-top: .9rem; }
    .row input[type=range] { flex: 1 1 12rem; accent-color: var(--accent); }
    button { font: inherit; font-size: .88rem; color: var(--ink); background: var(--card); border: 1px solid var(--line);
      border-radius: 6px; padding: .3rem .8rem; cursor: pointer; }
    button[aria-pressed=true] { border-color: var(--accent); color: var(--accent); }
    button:focus-visible, input:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    #stops button { padding: .15rem .6rem; font-size: .8rem; }
    """

  static let controls = """
    <div class="row">
    <button id="play" aria-pressed="false">Play</button>
    <input id="frame" type="range" min="0" max="0" value="0" aria-label="Frame">
    <button id="turn" aria-pressed="false" hidden>Turn</button>
    <button id="mode" hidden>Pictures</button>
    </div>
    <div class="row" id="stops" aria-label="Codes"></div>
    """

  /// Without WebGL 2 or the decompression of streams, pictures are all there is.
  static let script = #"""
    "use strict";
    const walk = JSON.parse(document.getElementById("walk").textContent);
    const get = (id) => document.getElementById(id);
    const [picture, canvas, slider, label] = ["picture", "scene", "frame", "label"].map(get);
    const state = { frame: 0, playing: false, turning: false, solid: false,
      azimuth: walk.azimuth * Math.PI / 180, elevation: walk.elevation * Math.PI / 180, zoom: 1, dirty: true };
    let drawing = null;

    function show(frame) {
      state.frame = (frame + walk.frames.length) % walk.frames.length;
      slider.value = state.frame;
      label.textContent = walk.frames[state.frame].label;
      slider.setAttribute("aria-valuetext", walk.frames[state.frame].label);
      if (!state.solid) picture.src = "data:image/png;base64," + walk.frames[state.frame].picture;
      state.dirty = true;
    }
    function press(button, on) { button.setAttribute("aria-pressed", on); }
    function play(on) {
      state.playing = on;
      press(get("play"), on);
      get("play").textContent = on ? "Pause" : "Play";
    }
    function choose(solid) {
      state.solid = solid;
      canvas.hidden = !solid;
      picture.hidden = solid;
      get("turn").hidden = !solid;
      get("mode").textContent = solid ? "Pictures" : "3D";
      show(state.frame);
    }

    async function unpack(text) {
      const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      const view = new DataView(await new Response(stream).arrayBuffer());
      const [vertices, faces] = [view.getUint32(0, true), view.getUint32(4, true)];
      const points = new Float32Array(3 * vertices), corners = new Uint32Array(3 * faces);
      let place = 8;
      for (let axis = 0; axis < 3; axis++) for (let v = 0, last = 0; v < vertices; v++, place += 2) {
        last = (last + view.getUint16(place, true)) & 65535;
        points[3 * v + axis] = walk.lower[axis] + last / 65535 * walk.side;
      }
      for (let corner = 0; corner < 3; corner++) for (let f = 0, last = 0; f < faces; f++, place += 4) {
        last = (last + view.getInt32(place, true)) | 0;
        corners[3 * f + corner] = last;
      }
      return { points, corners, normals: normals(points, corners) };
    }
    function normals(p, corners) {
      const sums = new Float32Array(p.length);
      for (let f = 0; f < corners.length; f += 3) {
        const [a, b, c] = [3 * corners[f], 3 * corners[f + 1], 3 * corners[f + 2]];
        const u = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
        const v = [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]];
        const n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
        for (const corner of [a, b, c]) for (let i = 0; i < 3; i++) sums[corner + i] += n[i];
      }
      return sums;
    }

    const vertexProgram = `#version 300 es
      in vec3 point; in vec3 normal; uniform mat4 view; uniform mat4 lens; out vec3 n; out vec3 e;
      void main() { vec4 p = view * vec4(point, 1.0); n = mat3(view) * normal; e = p.xyz; gl_Position = lens * p; }`;
    const pixelProgram = `#version 300 es
      precision highp float; in vec3 n; in vec3 e; out vec4 color;
      void main() {
        vec3 m = normalize(n), s = normalize(-e);
        if (dot(m, s) < 0.0) m = -m;
        float key = max(dot(m, normalize(vec3(-0.45, 0.75, 0.6))), 0.0);
        float fill = 0.5 + 0.5 * m.y, rim = pow(1.0 - max(dot(m, s), 0.0), 3.0);
        vec3 light = vec3(0.21, 0.38, 0.62) * (0.34 * fill + 0.85 * key + 0.12) + 0.10 * rim;
        color = vec4(pow(clamp(light, 0.0, 1.0), vec3(1.0 / 2.2)), 1.0);
      }`;

    function scene() {
      const gl = typeof DecompressionStream === "function" ? canvas.getContext("webgl2", { antialias: true }) : null;
      if (!gl) return null;
      const program = gl.createProgram();
      for (const [kind, text] of [[gl.VERTEX_SHADER, vertexProgram], [gl.FRAGMENT_SHADER, pixelProgram]]) {
        const shader = gl.createShader(kind);
        gl.shaderSource(shader, text);
        gl.compileShader(shader);
        gl.attachShader(program, shader);
      }
      gl.linkProgram(program);
      if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return null;
      gl.useProgram(program);
      gl.enable(gl.DEPTH_TEST);
      gl.clearColor(1, 1, 1, 1);
      const buffers = [gl.createBuffer(), gl.createBuffer(), gl.createBuffer()];
      for (const [index, name] of ["point", "normal"].entries()) {
        const place = gl.getAttribLocation(program, name);
        gl.bindBuffer(gl.ARRAY_BUFFER, buffers[index]);
        gl.enableVertexAttribArray(place);
        gl.vertexAttribPointer(place, 3, gl.FLOAT, false, 0, 0);
      }
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, buffers[2]);
      const shapes = new Map();
      let loaded = -1, count = 0, busy = false;
      async function load(frame) {
        busy = true;
        try {
          if (!shapes.has(frame)) {
            // A long walk is not kept whole.
            if (shapes.size > 120) shapes.delete(shapes.keys().next().value);
            shapes.set(frame, await unpack(walk.frames[frame].shape));
          }
          const shape = shapes.get(frame);
          gl.bindBuffer(gl.ARRAY_BUFFER, buffers[0]);
          gl.bufferData(gl.ARRAY_BUFFER, shape.points, gl.DYNAMIC_DRAW);
          gl.bindBuffer(gl.ARRAY_BUFFER, buffers[1]);
          gl.bufferData(gl.ARRAY_BUFFER, shape.normals, gl.DYNAMIC_DRAW);
          gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, shape.corners, gl.DYNAMIC_DRAW);
          [loaded, count] = [frame, shape.corners.length];
          state.dirty = true;
        } catch (problem) {
          choose(false);
          label.textContent = "This frame cannot be shown in 3D: " + problem.message;
        } finally { busy = false; }
      }
      function draw() {
        if (loaded !== state.frame && !busy) load(state.frame);
        const size = Math.max(1, Math.round(canvas.clientWidth * Math.min(window.devicePixelRatio || 1, 2)));
        if (canvas.width !== size) canvas.width = canvas.height = size;
        gl.viewport(0, 0, size, size);
        gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
        if (count === 0) return;
        const reach = walk.radius || 1, half = Math.tan(13 * Math.PI / 180);
        const far = reach / Math.sin(13 * Math.PI / 180) * 1.02 / state.zoom;
        gl.uniformMatrix4fv(gl.getUniformLocation(program, "view"), false, viewMatrix(far));
        const [near, end] = [Math.max(far - 1.1 * reach, 0.01 * reach), far + 1.1 * reach];
        gl.uniformMatrix4fv(gl.getUniformLocation(program, "lens"), false, new Float32Array([
          1 / half, 0, 0, 0, 0, 1 / half, 0, 0, 0, 0, (end + near) / (near - end), -1, 0, 0, 2 * end * near / (near - end), 0]));
        gl.drawElements(gl.TRIANGLES, count, gl.UNSIGNED_INT, 0);
      }
      return draw;
    }
    function viewMatrix(distance) {
      const [a, e] = [state.azimuth, state.elevation];
      const across = walk.isYUp ? [Math.cos(a), 0, -Math.sin(a)] : [Math.cos(a), Math.sin(a), 0];
      const out = walk.isYUp ? [Math.sin(a) * Math.cos(e), Math.sin(e), Math.cos(a) * Math.cos(e)]
        : [Math.sin(a) * Math.cos(e), -Math.cos(a) * Math.cos(e), Math.sin(e)];
      const up = [out[1] * across[2] - out[2] * across[1], out[2] * across[0] - out[0] * across[2],
        out[0] * across[1] - out[1] * across[0]];
      const shift = [across, up, out].map((row) => -row.reduce((sum, x, i) => sum + x * walk.center[i], 0));
      return new Float32Array([across[0], up[0], out[0], 0, across[1], up[1], out[1], 0, across[2], up[2], out[2], 0,
        shift[0], shift[1], shift[2] - distance, 1]);
    }

    function tick(time) {
      if (state.playing && time - (state.shown || 0) >= 1000 / walk.framesPerSecond) {
        state.shown = time;
        show(state.frame + 1);
      }
      if (state.turning && state.solid) {
        state.azimuth += 0.0006 * Math.min(time - (state.last || time), 100);
        state.dirty = true;
      }
      state.last = time;
      if (state.solid && state.dirty) { state.dirty = false; drawing(); }
      requestAnimationFrame(tick);
    }

    slider.max = walk.frames.length - 1;
    slider.addEventListener("input", () => { play(false); show(Number(slider.value)); });
    get("play").addEventListener("click", () => play(!state.playing));
    get("turn").addEventListener("click", () => { state.turning = !state.turning; press(get("turn"), state.turning); });
    get("mode").addEventListener("click", () => choose(!state.solid));
    for (const stop of walk.stops) {
      const button = document.createElement("button");
      button.textContent = stop.name;
      button.addEventListener("click", () => { play(false); show(stop.frame); });
      get("stops").append(button);
    }
    document.addEventListener("keydown", (event) => {
      if (event.target.tagName === "BUTTON" && event.key === " ") return;
      if (event.key === " ") play(!state.playing);
      else if (event.key === "ArrowRight" && event.target !== slider) show(state.frame + 1);
      else if (event.key === "ArrowLeft" && event.target !== slider) show(state.frame - 1);
      else return;
      event.preventDefault();
    });
    canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
    canvas.addEventListener("pointermove", (event) => {
      if (!event.buttons) return;
      state.azimuth -= event.movementX * 0.008;
      state.elevation = Math.max(-1.5, Math.min(1.5, state.elevation + event.movementY * 0.008));
      state.dirty = true;
    });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      state.zoom = Math.max(0.4, Math.min(5, state.zoom * Math.exp(-event.deltaY * 0.001)));
      state.dirty = true;
    }, { passive: false });
    canvas.addEventListener("dblclick", () => {
      [state.azimuth, state.elevation] = [walk.azimuth * Math.PI / 180, walk.elevation * Math.PI / 180];
      [state.zoom, state.dirty] = [1, true];
    });
    window.addEventListener("resize", () => { state.dirty = true; });
    drawing = scene();
    get("mode").hidden = !drawing;
    choose(Boolean(drawing));
    play(!window.matchMedia("(prefers-reduced-motion: reduce)").matches);
    requestAnimationFrame(tick);
    """#
}
