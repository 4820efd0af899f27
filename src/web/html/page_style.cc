#include "web/html/page_style.h"

#include <fmt/format.h>

#include "web/http/etag.h"
#include "web/http/gzip.h"

namespace madang::web {
namespace {

// One accent, system fonts, 18 px, targets of 44 px, both themes by the reader's own setting.
constexpr char const* kStyle = R"(
:root{color-scheme:light dark;--bg:#fff;--soft:#f1f5f9;--line:#d3dce5;--edge:#fff;--text:#14202c;--quiet:#4a5a69;--accent:#0b5cad;--warn:#8a4b00;--warn-bg:#fff6e6}
@media (prefers-color-scheme:dark){:root{--bg:#10171f;--soft:#18222d;--line:#2c3a49;--edge:#10171f;--text:#eaf0f6;--quiet:#a9b7c5;--accent:#7cc0ff;--warn:#f3bd6c;--warn-bg:#2a2214}}
*{box-sizing:border-box}
html{font-size:112.5%;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--text);font-family:-apple-system,"Segoe UI",Roboto,"Apple SD Gothic Neo","Noto Sans KR","NanumSquare","NanumBarunGothic","Malgun Gothic",system-ui,sans-serif;line-height:1.6;font-variant-numeric:tabular-nums;word-break:keep-all;overflow-wrap:break-word}
main,header,footer{max-width:42rem;margin:0 auto;padding:0 1rem}
a{color:var(--accent);text-underline-offset:.2em}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:3px}
h1{font-size:2rem;line-height:1.25;letter-spacing:-.02em;margin:.9rem 0 .3rem}
h2{font-size:1.35rem;line-height:1.3;letter-spacing:-.01em;margin:0}
p{margin:.4rem 0}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--bg);padding:.5rem}
.top{display:flex;justify-content:space-between;align-items:center;min-height:3.4rem;border-bottom:1px solid var(--line);max-width:none;padding:0 max(1rem,calc(50vw - 20rem))}
.top a{display:inline-flex;align-items:center;min-height:2.5rem}
.brand{display:flex;align-items:center;gap:.5rem;font-weight:700;color:inherit;text-decoration:none}
.brand svg{width:1.5rem;height:1.5rem;fill:none;stroke:var(--accent);stroke-width:2.6;stroke-linejoin:round}
.pages{max-width:42rem;margin:0 auto;padding:0 1rem}.pages ul{display:flex;flex-wrap:wrap;gap:0 1.2rem;margin:.2rem 0 0;padding:0;list-style:none}
.pages a{display:inline-flex;align-items:center;min-height:2.5rem}.pages a[aria-current]{color:inherit;font-weight:700;text-decoration:none}
.lead,.asof{color:var(--quiet)}
.asof{font-size:.95rem}.asof a{margin-left:.6rem;display:inline-block;padding:.3rem 0}
.notice{margin:1.2rem 0;padding:.7rem 1rem;border-left:4px solid var(--warn);background:var(--warn-bg)}
.notice strong{color:var(--warn)}
.jump{display:flex;flex-wrap:wrap;gap:0 1.4rem;margin:1rem 0 0;padding:0;list-style:none}
.jump a{display:inline-flex;align-items:center;min-height:2.5rem}
section{padding:2rem 0;border-top:1px solid var(--line);margin-top:1.2rem}
section+section{margin-top:0}
.big{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 .5rem;margin:.2rem 0 .4rem}
.big b{font-size:3.4rem;line-height:1.1;letter-spacing:-.035em}
.big span{font-size:1.15rem;color:var(--quiet)}
.big em{font-style:normal;font-weight:700;font-size:1.15rem;display:inline-flex;align-items:center;gap:.45rem;margin-left:.4rem}
.small{font-size:.9rem;color:var(--quiet)}
i.k{display:inline-block;flex:none;width:1em;height:1em;border-radius:.2em;border:1px solid rgba(90,105,120,.55);background:var(--c,transparent)}
figure{margin:1rem 0 .4rem}
figure svg,figure img{display:block;width:100%;max-width:34rem;height:auto}
figure use,figure path{stroke:var(--edge);stroke-width:1.6;stroke-linejoin:round;fill:var(--c,var(--soft))}
figure text{font-size:11.5px;font-weight:700;text-anchor:middle;dominant-baseline:central;fill:#08131d}
figure .w{fill:#fff}
figure .n use{stroke:var(--line)}
.legend{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;list-style:none;margin:.7rem 0 0;padding:0;font-size:.95rem}
.legend li{display:inline-flex;align-items:center;gap:.45rem}
.legend small{color:var(--quiet)}
.s0{--c:#1f6fc9}.s1{--c:#35a266}.s2{--c:#f3c338}.s3{--c:#d3422e}
.n0{--c:#e0d8f3}.n1{--c:#bda9e3}.n2{--c:#8560c1}.n3{--c:#543191}
.t0{--c:#3f6fb8}.t1{--c:#9cc3e0}.t2{--c:#dfe3dc}.t3{--c:#f0b27a}.t4{--c:#c9482f}
.p0{--c:#d7eeeb}.p1{--c:#98cdc7}.p2{--c:#2a7b76}.p3{--c:#154f4b}
details{margin:.8rem 0}
summary{cursor:pointer;min-height:2.5rem;display:flex;align-items:center;color:var(--accent);text-decoration:underline;text-underline-offset:.2em;width:fit-content}
summary::before{content:"▸";margin-right:.4rem}details[open] summary::before{content:"▾"}
table{border-collapse:collapse;width:100%;font-size:.95rem}
caption{text-align:left;padding:.3rem 0;color:var(--quiet)}
th,td{padding:.35rem .5rem .35rem 0;border-bottom:1px solid var(--line);text-align:left;font-weight:400}
thead th{font-weight:700}
tbody th{overflow-wrap:anywhere}
@media (max-width:24rem){table{font-size:.88rem}}
.r{text-align:right}td.r:last-child,th.r:last-child{padding-right:0}
td i.k{margin-right:.4rem;vertical-align:-.12em}
.links{list-style:none;padding:0;margin:.4rem 0}.links a{display:inline-flex;align-items:center;min-height:2.5rem}
footer{padding-bottom:3rem}
form{margin:1.4rem 0;max-width:24rem}
label{display:block;font-weight:700;margin-top:1.1rem}
input,select{display:block;width:100%;min-height:2.6rem;margin-top:.3rem;padding:.3rem .7rem;font:inherit;color:inherit;background:var(--bg);border:2px solid var(--quiet);border-radius:.3rem}
button{margin-top:1.5rem;min-height:2.6rem;padding:.3rem 1.5rem;font:inherit;font-weight:700;color:var(--bg);background:var(--accent);border:0;border-radius:.3rem;cursor:pointer}
.error{border:3px solid #c9482f;border-radius:.3rem;padding:.7rem 1rem;margin:1.2rem 0}
.error h2{font-size:1.1rem}
.error ul{margin:.3rem 0;padding-left:1.2rem}
.fault{margin:.2rem 0 0;color:#b3361f;font-weight:700}
@media (prefers-color-scheme:dark){.fault{color:#ff9d87}}
@media print{.top,.jump,.asof a{display:none}details{display:block}}
)";

Result<Response> send(Request const& request) {
  auto const& style = page_style();
  Response response;
  response.content_type = "text/css; charset=utf-8";
  response.static_body = style.css;
  // A page that was made before the server was renewed asks for the old name: it gets the new look, and asks again.
  bool const named = request.path == style.path;
  response.headers.emplace_back("Cache-Control", named ? "public, max-age=31536000, immutable" : "no-cache");
  response = with_etag(request, std::move(response));
  if (response.status != 200 || !accepts_gzip(request.header("accept-encoding"))) return response;
  response.static_body = style.packed;
  response.headers.emplace_back("content-encoding", "gzip");
  return response;
}

}  // namespace

PageStyle const& page_style() {
  static PageStyle const style{fmt::format("/style/{}.css", weak_etag(kStyle).substr(3, 16)), kStyle, gzip(kStyle)};
  return style;
}

Routes page_style_routes() {
  (void)page_style();  // packed now, and not for the first who asks
  Routes r;
  r.get<Access::kPublic>("/style/{name}", send, Work::kInline);
  return r;
}

}  // namespace madang::web
