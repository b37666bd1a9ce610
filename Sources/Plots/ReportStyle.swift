/// The style sheet of reports.
enum ReportStyle {
  static let css = """
    :root { --ink: #1f2933; --muted: #5b6773; --line: #dfe3e8; --ground: #fbfbf9; --card: #ffffff; --accent: #0b62a4;
      --good: #0a7d55; --mixed: #9a6200; --bad: #b3321d; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e6e9ed; --muted: #9fabb7; --line: #343c45; --ground: #14181d; --card: #1c2228; --accent: #7cc0f2;
        --good: #3ecf98; --mixed: #f0b44c; --bad: #ff8a75; } }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; }
    body { margin: 0; background: var(--ground); color: var(--ink);
      font: 17px/1.6 "Iowan Old Style", "Palatino Linotype", Palatino, "Source Serif 4", Georgia, serif; }
    main { max-width: 52rem; margin: 0 auto; padding: 3.5rem 1.5rem 5rem; }
    h1, h2, h3, nav, table, figcaption, .lead, .badge, .numbers {
      font-family: "Inter", "Source Sans 3", "Helvetica Neue", "Segoe UI", "DejaVu Sans", Arial, sans-serif; }
    header { margin-bottom: 2rem; }
    h1 { font-size: 2.1rem; line-height: 1.18; letter-spacing: -0.02em; margin: 0 0 0.5rem; font-weight: 700; }
    .lead { color: var(--muted); font-size: 1.02rem; margin: 0; }
    h2 { font-size: 1.35rem; letter-spacing: -0.01em; line-height: 1.3; margin: 3.2rem 0 0.8rem; padding-top: 1.1rem;
      border-top: 1px solid var(--line); }
    h3 { font-size: 1.05rem; margin: 2rem 0 0.4rem; }
    p { margin: 0.7rem 0; max-width: 44rem; overflow-wrap: break-word; }
    a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 2px; }
    nav { font-size: 0.86rem; margin: 0 0 2rem; }
    nav ol { margin: 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 0.3rem 1.4rem; }
    nav a { text-decoration: none; }
    .verdict { display: flex; align-items: center; gap: 1.1rem; padding: 1rem 1.3rem; margin: 1.6rem 0 2rem;
      background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--tone); border-radius: 6px; }
    .verdict p { margin: 0; }
    .verdict.good { --tone: var(--good); }
    .verdict.mixed { --tone: var(--mixed); }
    .verdict.bad { --tone: var(--bad); }
    .badge { flex: none; color: var(--tone); border: 2px solid var(--tone); border-radius: 999px; padding: 0.16rem 0.9rem;
      font-weight: 700; font-size: 0.88rem; letter-spacing: 0.04em; text-transform: uppercase; }
    .numbers { display: flex; flex-wrap: wrap; gap: 1rem 3rem; margin: 1.4rem 0 1.8rem; }
    .numbers div { display: flex; flex-direction: column; }
    .numbers dd { margin: 0; font-size: 1.75rem; font-weight: 650; letter-spacing: -0.02em; line-height: 1.2;
      font-variant-numeric: tabular-nums; }
    .numbers dt { color: var(--muted); font-size: 0.82rem; }
    figure { margin: 1.8rem 0 2.2rem; }
    .picture { background: #ffffff; border: 1px solid var(--line); border-radius: 6px; padding: 0.6rem; }
    .picture svg, .picture img { display: block; width: 100%; height: auto; }
    figcaption { color: var(--muted); font-size: 0.84rem; line-height: 1.5; margin-top: 0.6rem; max-width: 44rem; }
    figcaption b { color: var(--ink); font-weight: 650; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; font-size: 0.86rem; line-height: 1.4; width: 100%;
      font-variant-numeric: tabular-nums; }
    th, td { text-align: left; padding: 0.42rem 0.9rem 0.42rem 0; vertical-align: baseline; }
    th:last-child, td:last-child { padding-right: 0; }
    thead th { color: var(--muted); font-weight: 600; border-bottom: 1.5px solid var(--ink); white-space: nowrap; }
    tbody td, tbody th { border-bottom: 1px solid var(--line); }
    .number { text-align: right; white-space: nowrap; }
    tr.strong td { font-weight: 700; }
    .properties { width: auto; margin: 1rem 0 1.6rem; }
    .properties th { color: var(--muted); font-weight: 500; padding-right: 2rem; white-space: nowrap; }
    .properties td { overflow-wrap: anywhere; }
    .note { border-left: 3px solid var(--line); padding-left: 1rem; color: var(--muted); font-size: 0.95rem; }
    pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 0.8rem 1rem;
      overflow-x: auto; }
    code { font: 0.82rem/1.55 "JetBrains Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
    @media (max-width: 36rem) { main { padding: 2rem 1rem 3rem; } .verdict { flex-direction: column; align-items: start; } }
    @media print {
      :root { --ink: #000; --muted: #444; --line: #ccc; --ground: #fff; --card: #fff; --accent: #000;
        --good: #0a7d55; --mixed: #9a6200; --bad: #b3321d; }
      body { font-size: 10.5pt; } main { max-width: none; padding: 0; } nav { display: none; }
      figure, .verdict, tr, pre { break-inside: avoid; } h2, h3 { break-after: avoid; } .picture { border: 0; padding: 0; }
    }
    """
}
