/// Style and elements of the page of a map.
enum LatentPageParts {
  static let style = """
    :root { --ink: #1f2933; --muted: #5b6773; --line: #dfe3e8; --ground: #fbfbf9; --card: #ffffff; --accent: #0b62a4; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e6e9ed; --muted: #9fabb7; --line: #343c45; --ground: #14181d; --card: #1c2228; --accent: #7cc0f2; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--ground); color: var(--ink);
      font: 16px/1.5 "Inter", "Helvetica Neue", "Segoe UI", "DejaVu Sans", Arial, sans-serif; }
    main { max-width: 84rem; margin: 0 auto; padding: 2rem 1.2rem 3rem; }
    h1 { font-size: 1.6rem; margin: 0 0 .3rem; letter-spacing: -.01em; overflow-wrap: anywhere; }
    h2 { font-size: .95rem; margin: 1.1rem 0 .4rem; }
    .facts { color: var(--muted); font-size: .88rem; margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
    .stage { display: grid; grid-template-columns: minmax(0, 5fr) minmax(17rem, 3fr); gap: 1.2rem; margin-top: 1rem; }
    @media (max-width: 52rem) { .stage { grid-template-columns: minmax(0, 1fr); } }
    .card { position: relative; background: #ffffff; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
    #map { display: block; width: 100%; aspect-ratio: 1; max-height: 82vh; touch-action: none; cursor: crosshair; }
    #tip { position: absolute; pointer-events: none; background: #1f2933; color: #ffffff; border-radius: 5px;
      padding: .15rem .5rem; font-size: .82rem; white-space: nowrap; max-width: 90%; overflow: hidden; text-overflow: ellipsis; }
    [hidden] { display: none !important; }
    #shape { display: block; width: 100%; aspect-ratio: 1; max-height: 46vh; object-fit: contain; }
    #label { margin: 0; padding: .3rem .7rem .6rem; font-size: .88rem; color: #22262b; overflow-wrap: anywhere; }
    .row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-top: .7rem; }
    .row input[type=range] { flex: 1 1 9rem; accent-color: var(--accent); }
    button { font: inherit; font-size: .85rem; color: var(--ink); background: var(--card); border: 1px solid var(--line);
      border-radius: 6px; padding: .25rem .7rem; cursor: pointer; }
    button[aria-pressed=true] { border-color: var(--accent); color: var(--accent); }
    button:focus-visible, input:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    #legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .88rem; }
    #legend label { display: flex; align-items: center; gap: .4rem; cursor: pointer; }
    #legend i { width: .75rem; height: .75rem; border-radius: 50%; display: inline-block; }
    #legend span { color: var(--muted); font-variant-numeric: tabular-nums; }
    #stops { display: flex; flex-wrap: wrap; gap: .4rem; max-height: 17rem; overflow-y: auto; }
    #stops button { padding: .1rem; background: #ffffff; border-width: 2px; line-height: 0; }
    #stops img { width: 4rem; height: 4rem; object-fit: contain; }
    #stops button span { line-height: 1.3; color: #22262b; padding: .3rem; display: inline-block; }
    """

  static func stage(picture: String) -> String {
    """
    <div class="stage">
    <div>
    <div class="card"><canvas id="map" role="img" aria-label="Map of the codes, a point for each shape"></canvas>
    <div id="tip" hidden="hidden"></div></div>
    <div class="row">
    <button id="pictures" aria-pressed="true">Shapes</button>
    <button id="way" aria-pressed="true">Tour</button>
    <button id="whole">Whole map</button>
    <span class="facts">Wheel: nearer. Drag: move. Click: show a shape.</span>
    </div>
    </div>
    <div>
    <div class="card"><img id="shape" alt="The chosen shape" src="\(picture)" />
    <p id="label"></p></div>
    <div class="row" id="player">
    <button id="play" aria-pressed="false">Play</button>
    <input id="frame" type="range" min="0" max="0" value="0" aria-label="Frame of the tour" />
    </div>
    <h2 id="legendtitle">Categories</h2>
    <div id="legend"></div>
    <h2>Representatives, in the order of the tour</h2>
    <div id="stops"></div>
    </div>
    </div>
    """
  }
}
