/** The look of the simulated product: calm, its own, in light and dark. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#faf7f4;--panel:#fff;--ink:#2a211c;--soft:#66594f;--line:#e4dad1;--brand:#a83f1c;--brand-ink:#fff;--wash:#f6ece5;--good:#1d6b45;--bad:#a32020}
@media (prefers-color-scheme:dark){:root{--bg:#1b1613;--panel:#251e1a;--ink:#f3ebe5;--soft:#bcaca0;--line:#40352e;--brand:#f0916d;--brand-ink:#241008;--wash:#31261f;--good:#7fd3a8;--bad:#ff9d94}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
a{color:var(--brand)}
:focus-visible{outline:3px solid var(--brand);outline-offset:2px;border-radius:6px}
header{background:var(--panel);border-bottom:1px solid var(--line)}
header .inner,.wrap{max-width:1280px;margin:0 auto;padding:14px 24px}
header .inner{display:flex;gap:20px;align-items:center;flex-wrap:wrap}
.brand{font-weight:700;font-size:17px;color:var(--ink);text-decoration:none;display:flex;gap:10px;align-items:center}
.brand::before{content:"";width:18px;height:18px;border-radius:6px;border:5px solid var(--brand)}
.badge{font-size:12px;padding:2px 8px;border-radius:99px;background:var(--wash);color:var(--soft);border:1px solid var(--line)}
nav{display:flex;gap:4px;flex-wrap:wrap;margin-left:auto}
nav a{padding:6px 12px;border-radius:8px;text-decoration:none;color:var(--soft)}
nav a[aria-current=page]{background:var(--wash);color:var(--ink);font-weight:600}
h1{font-size:24px;line-height:1.25;margin:10px 0 4px}h2{font-size:17px;margin:0 0 10px}
.quiet{color:var(--soft)}
.card{background:var(--panel);border:1px solid var(--line);border-radius:14px;padding:20px}
.grid{display:grid;gap:16px;grid-template-columns:repeat(auto-fill,minmax(250px,1fr));margin:18px 0}
.grid .card h2{margin:10px 0 6px}.grid .card p{margin:0 0 14px}
.card>:first-child{margin-top:0}
.split{display:grid;gap:20px;grid-template-columns:minmax(0,1fr)}
@media (min-width:960px){.split{grid-template-columns:minmax(0,1fr) 320px}}
.bar{display:flex;gap:10px;flex-wrap:wrap;align-items:end;margin:16px 0}
.bar .grow{flex:1 1 220px}
label{display:block;font-weight:600;font-size:13px;margin-bottom:4px}
input[type=text],input[type=email],input[type=search]{width:100%;min-height:40px;padding:8px 12px;border:1px solid #8d7d71;border-radius:9px;background:var(--bg);color:var(--ink);font:inherit}
input[aria-invalid]{border-color:var(--bad)}.fault{margin:4px 0 0;font-size:13px;color:var(--bad)}
.button{display:inline-block;min-height:40px;padding:8px 18px;border-radius:9px;border:1px solid var(--line);background:var(--panel);color:var(--ink);font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
.button:hover{background:var(--wash)}
.button.main{background:var(--brand);color:var(--brand-ink);border-color:var(--brand)}
.button.main:hover{filter:brightness(1.06)}
.button.danger{color:var(--bad)}
table{border-collapse:collapse;width:100%;font-size:14px}
@media (max-width:640px){.extra{display:none}}
.scroll{overflow-x:auto;padding:0}
.scroll:focus-visible{outline-offset:-3px}
th,td{text-align:left;padding:10px 14px;border-bottom:1px solid var(--line);white-space:nowrap;max-width:260px;overflow:hidden;text-overflow:ellipsis}
th{font-size:12px;color:var(--soft);font-weight:600}
tr:last-child td{border-bottom:0}
.fields{display:grid;gap:14px;grid-template-columns:repeat(auto-fit,minmax(220px,1fr));margin:14px 0 20px}
.notice{padding:10px 14px;border-radius:10px;background:var(--wash);border:1px solid var(--line);margin:14px 0}
.notice.good{color:var(--good)}
.narrow{display:grid;min-height:100vh;place-items:center;padding:20px}
.narrow .card{width:100%;max-width:460px;padding:28px;box-shadow:0 12px 40px #0000001a}
fieldset{border:0;padding:0;margin:20px 0}
legend{font-weight:600;padding:0;margin-bottom:8px}
.choice{display:flex;gap:12px;align-items:center;padding:12px 14px;border:1px solid var(--line);border-radius:11px;margin:8px 0;cursor:pointer;font-weight:400;font-size:15px}
.choice:has(:checked){border-color:var(--brand);background:var(--wash)}
.choice input{accent-color:var(--brand);width:18px;height:18px;flex:none}
.choice strong{display:block}
.scopes{margin:0;padding:0;list-style:none}
.scopes li{padding:4px 0 4px 24px;position:relative}
.scopes li::before{content:"";position:absolute;left:4px;top:10px;width:10px;height:5px;border-left:2px solid var(--good);border-bottom:2px solid var(--good);transform:rotate(-45deg)}
.actions{display:flex;gap:10px;flex-wrap:wrap;justify-content:flex-end;margin-top:20px}
ol.log{list-style:none;margin:0;padding:0;font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,monospace}
ol.log li{display:flex;gap:8px;padding:5px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
ol.log li:last-child{border:0}
ol.log b{flex:none}ol.log .end{flex:none;margin-left:auto}ol.log .bad{color:var(--bad)}ol.log .good{color:var(--good)}
code{font:13px ui-monospace,SFMono-Regular,Menlo,monospace;background:var(--wash);padding:1px 6px;border-radius:6px}
`;
