// Pages without concatenation: a piece of Html is either text, which is escaped always, or an element made of pieces.
//   Html row = element("tr", {}, element("td", {{"class", "name"}}, area.name), element("td", {}, "12.3"));
#pragma once

#include <concepts>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/language.h"

namespace madang::web::markup {

/// Safe markup. Ordinary text becomes Html by itself, escaped.
class Html {
 public:
  Html() = default;
  Html(std::string_view text);
  Html(std::string const& text) : Html(std::string_view{text}) {}
  Html(char const* text) : Html(std::string_view{text}) {}

  /// Markup from our own source or a file of ours, never from a person or a device. Not escaped.
  static Html trusted_markup(std::string markup);

  Html& operator+=(Html const& more) {
    markup_ += more.markup_;
    return *this;
  }
  [[nodiscard]] std::string const& markup() const { return markup_; }
  [[nodiscard]] bool empty() const { return markup_.empty(); }

 private:
  std::string markup_;
};

/// `{"class", "wide"}` or `{"colspan", 2}`; `{"hidden", true}` is written as a bare name, `{"hidden", false}` left out.
struct Attribute {
  Attribute(std::string_view attribute_name, std::string_view text) : name(attribute_name), value(text) {}
  Attribute(std::string_view attribute_name, std::string const& text) : name(attribute_name), value(text) {}
  Attribute(std::string_view attribute_name, char const* text) : name(attribute_name), value(text) {}
  Attribute(std::string_view attribute_name, std::same_as<bool> auto on) : name(attribute_name), bare(true), present(on) {}
  template <std::integral Number>
    requires(!std::same_as<Number, bool>)
  Attribute(std::string_view attribute_name, Number number) : name(attribute_name), value(std::to_string(number)) {}

  std::string_view name;
  std::string value;
  bool bare = false;
  bool present = true;
};
using Attributes = std::initializer_list<Attribute>;
/// Where not every element of a kind has the same ones.
using AttributeList = std::vector<Attribute>;

/// Name and attribute names are those of the source, checked by assertion; event handlers (on...) are refused. An
/// address in href, src or action that is neither relative nor http, https, mailto or tel becomes "#".
Html open_tag(std::string_view name, std::span<Attribute const> attributes);
inline Html open_tag(std::string_view name, Attributes attributes) {
  return open_tag(name, std::span<Attribute const>{attributes.begin(), attributes.size()});
}
Html close_tag(std::string_view name);

/// br, img, input, link, meta, hr and so on have no content and no closing tag.
bool is_void(std::string_view name);

template <typename... Content>
Html element(std::string_view name, Attributes attributes, Content const&... content) {
  Html out = open_tag(name, attributes);
  ((out += Html(content)), ...);
  if (!is_void(name)) out += close_tag(name);
  return out;
}

template <typename... Content>
Html pieces(Content const&... content) {
  Html out;
  ((out += Html(content)), ...);
  return out;
}

/// A whole document.
struct Page {
  std::string language{kSourceLanguage};
  std::string title;
  std::string description;  ///< empty: none
  std::string style;        ///< CSS of ours, put into the page; must not hold "</"
  Html head;                ///< more links and meta elements
  Html body;
};
std::string render(Page const& page);

void append_escaped(std::string& out, std::string_view text);

}  // namespace madang::web::markup
