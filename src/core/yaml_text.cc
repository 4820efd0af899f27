#include "core/yaml_text.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/json_input.h"
#include "core/json_writer.h"
#include "core/text.h"

namespace madang {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

constexpr std::size_t kFlowListMax = 100;  ///< bytes of a list that stands in one line

/// What YAML 1.1 or 1.2 reads as something else than a text.
constexpr std::array<std::string_view, 10> kWords{"null", "true", "false", "yes", "no", "on", "off", "y", "n", "~"};

bool is_word(std::string_view text) {
  return std::ranges::find(kWords, ascii_lower(text)) != kWords.end();
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// Begins with a letter, a slash or a dollar sign: no number, no date and no sign of YAML's begins so.
bool is_plain(std::string_view text) {
  if (text.empty() || text.back() == ' ' || text.back() == ':' || is_word(text)) return false;
  if (!is_letter(text.front()) && text.front() != '/' && text.front() != '$') return false;
  return text.find(": ") == text.npos && text.find(" #") == text.npos && std::ranges::none_of(text, is_control);
}

bool is_block(std::string_view text) {
  if (!text.contains('\n') || text.front() == ' ' || text.front() == '\n' || text.back() == '\n') return false;
  return std::ranges::none_of(text, [](char c) { return c != '\n' && is_control(c); });
}

class YamlWriter {
 public:
  /// A value behind "key:" or "-", with its line break; `depth` is that of what stands inside it.
  void value(element const& e, std::size_t depth, bool in_list) {
    switch (e.type()) {
      case element_type::OBJECT: return members(e.get_object().value(), depth, in_list);
      case element_type::ARRAY: return items(e.get_array().value(), depth);
      default:
        out_ += ' ';
        scalar(e, depth);
        out_ += '\n';
    }
  }
  void document(element const& e) {
    if (e.type() == element_type::OBJECT && e.get_object().value().size() > 0)
      lines_of(e.get_object().value(), 0);
    else
      value(e, 0, false);
  }
  std::string take() { return std::move(out_); }

 private:
  void text(std::string_view t) {
    if (is_plain(t))
      out_ += t;
    else
      append_json_string(out_, t);
  }
  void scalar(element const& e, std::size_t depth) {
    std::string_view t;
    if (e.get(t) != simdjson::SUCCESS) {
      out_ += simdjson::minify(e);
    } else if (!is_block(t)) {
      text(t);
    } else {
      out_ += "|-";
      for (auto const line : split(t, '\n')) {
        out_ += '\n';
        if (!line.empty()) out_.append(depth * 2, ' ').append(line);
      }
    }
  }
  void members(object const& o, std::size_t depth, bool in_list) {
    if (o.size() == 0) {
      out_ += " {}\n";
      return;
    }
    // The first member of an element stands in the line of its dash.
    out_ += in_list ? ' ' : '\n';
    lines_of(o, depth, in_list);
  }
  void lines_of(object const& o, std::size_t depth, bool first_is_indented = false) {
    for (auto const [key, member] : o) {
      if (!std::exchange(first_is_indented, false)) out_.append(depth * 2, ' ');
      text(key);
      out_ += ':';
      value(member, depth + 1, false);
    }
  }
  void items(array const& a, std::size_t depth) {
    if (auto const line = flow(a); !line.empty()) {
      out_ += ' ' + line + '\n';
      return;
    }
    out_ += '\n';
    for (auto const e : a) {
      out_.append(depth * 2, ' ').append("-");
      value(e, depth + 1, true);
    }
  }
  /// "[a, b]", where all elements are short and simple; else empty.
  static std::string flow(array const& a) {
    std::string line = "[";
    for (auto const e : a) {
      if (e.is_object() || e.is_array()) return {};
      if (line.size() > 1) line += ", ";
      std::string_view t;
      bool const bare = e.get(t) == simdjson::SUCCESS && is_plain(t) && t.find_first_of(",[]{}:") == t.npos;
      line += bare ? std::string{t} : simdjson::minify(e);
    }
    return line.size() < kFlowListMax ? line + "]" : std::string{};
  }
  std::string out_;
};

}  // namespace

Result<std::string> yaml_of_json(std::string_view what, std::string_view json) {
  PaddedJson padded;
  simdjson::dom::parser parser;
  auto const text = padded.assign(json);
  element root;
  if (auto const error = parser.parse(text.data(), text.length(), false).get(root)) return fail(json_error(what, error, 0));
  YamlWriter writer;
  writer.document(root);
  return writer.take();
}

}  // namespace madang
