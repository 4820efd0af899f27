#include "web/html/html.h"

#include <algorithm>
#include <array>

#include "core/error.h"

namespace madang::web::markup {
namespace {

constexpr std::array<std::string_view, 13> kVoid{"area", "base", "br", "col", "embed", "hr", "img",
                                                 "input", "link", "meta", "source", "track", "wbr"};
constexpr std::array<std::string_view, 5> kAddresses{"href", "src", "action", "formaction", "poster"};
constexpr std::array<std::string_view, 4> kSchemes{"http", "https", "mailto", "tel"};

bool is_name(std::string_view name) {
  auto const ok = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == ':' || c == '_';
  };
  return !name.empty() && std::ranges::all_of(name, ok);
}

/// "javascript:..." runs in the page. Browsers ignore spaces and control characters before and inside the scheme, so
/// anything before a ':' that is not plainly a known scheme or a path is refused.
bool is_safe_address(std::string_view address) {
  auto const colon = address.find(':');
  if (colon == std::string_view::npos) return true;
  auto const head = address.substr(0, colon);
  if (head.find_first_of("/?#") != std::string_view::npos) return true;
  return std::ranges::find(kSchemes, head) != kSchemes.end();
}

}  // namespace

Html::Html(std::string_view text) { append_escaped(markup_, text); }

Html Html::trusted_markup(std::string markup) {
  Html out;
  out.markup_ = std::move(markup);
  return out;
}

void append_escaped(std::string& out, std::string_view text) {
  for (char const c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      case '\0': break;  // not allowed in HTML at all
      default: out += c;
    }
  }
}

Html open_tag(std::string_view name, std::span<Attribute const> attributes) {
  MADANG_ASSERT(is_name(name));
  std::string tag = "<";
  tag += name;
  for (auto const& attribute : attributes) {
    MADANG_ASSERT(is_name(attribute.name));
    MADANG_ASSERT(!attribute.name.starts_with("on"));
    if (!attribute.present) continue;
    tag += ' ';
    tag += attribute.name;
    if (attribute.bare) continue;
    bool const address = std::ranges::find(kAddresses, attribute.name) != kAddresses.end();
    tag += "=\"";
    append_escaped(tag, address && !is_safe_address(attribute.value) ? std::string_view{"#"} : attribute.value);
    tag += '"';
  }
  tag += '>';
  return Html::trusted_markup(std::move(tag));
}

Html close_tag(std::string_view name) {
  std::string tag = "</";
  tag += name;
  tag += '>';
  return Html::trusted_markup(std::move(tag));
}

bool is_void(std::string_view name) { return std::ranges::find(kVoid, name) != kVoid.end(); }

std::string render(Page const& page) {
  MADANG_ASSERT(!page.style.contains("</"));
  Html head = element("meta", {{"charset", "utf-8"}});
  head += element("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  head += element("title", {}, page.title);
  if (!page.description.empty()) head += element("meta", {{"name", "description"}, {"content", page.description}});
  head += page.head;
  if (!page.style.empty()) head += element("style", {}, Html::trusted_markup(page.style));
  Html document = Html::trusted_markup("<!doctype html>\n");
  document += element("html", {{"lang", page.language}}, element("head", {}, head), element("body", {}, page.body));
  return document.markup() + "\n";
}

}  // namespace madang::web::markup
