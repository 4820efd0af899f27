#include "support/pseudo_locale.h"

#include <simdjson.h>

#include <array>
#include <stdexcept>

#include "core/json_writer.h"

namespace madang::test {
namespace {

constexpr std::array<std::string_view, 26> kSmall{"â", "ƀ", "ç", "ð", "ê", "ƒ", "ĝ", "ĥ", "î", "ĵ", "ķ", "ļ", "ɱ",
                                                  "ñ", "ô", "ƥ", "ɋ", "ŕ", "š", "ţ", "û", "ṽ", "ŵ", "ẋ", "ý", "ž"};
constexpr std::array<std::string_view, 26> kLarge{"Â", "Ɓ", "Ç", "Ð", "Ê", "Ƒ", "Ĝ", "Ĥ", "Î", "Ĵ", "Ķ", "Ļ", "Ṁ",
                                                  "Ñ", "Ô", "Ƥ", "Ɋ", "Ŕ", "Š", "Ţ", "Û", "Ṽ", "Ŵ", "Ẋ", "Ý", "Ž"};

/// Walks an ICU message: words are changed; arguments are not, but for the messages inside plural and select.
class Walk {
 public:
  explicit Walk(std::string_view message) : left_(message) {}

  std::string words() {
    std::string out;
    while (!left_.empty() && left_.front() != '}') {
      if (left_.front() == '{')
        out += argument();
      else if (left_.front() == '\'')
        out += quoted();
      else
        out += letter();
    }
    return out;
  }

 private:
  char take() {
    char const c = left_.front();
    left_.remove_prefix(1);
    return c;
  }
  std::string letter() {
    char const c = take();
    if (c >= 'a' && c <= 'z') return std::string{kSmall[static_cast<std::size_t>(c - 'a')]};
    if (c >= 'A' && c <= 'Z') return std::string{kLarge[static_cast<std::size_t>(c - 'A')]};
    return {c};
  }
  /// '' is an apostrophe; before a brace it begins what stands as it is.
  std::string quoted() {
    std::string out{take()};
    bool const begins = !left_.empty() && (left_.front() == '{' || left_.front() == '}');
    while (begins && !left_.empty()) {
      out += take();
      if (out.back() == '\'') break;
    }
    return out;
  }
  std::string argument() {
    std::string out{take()};
    while (!left_.empty() && left_.front() != '}') {
      if (left_.front() == '{') {
        out += take();
        out += words();
        if (!left_.empty()) out += take();
      } else {
        out += take();
      }
    }
    if (!left_.empty()) out += take();
    return out;
  }

  std::string_view left_;
};

}  // namespace

std::string pseudo_text(std::string_view message) { return "⟦" + Walk(message).words() + "⟧"; }

PseudoFiles::PseudoFiles(std::span<runtime::EmbeddedFile const> files) {
  for (auto const& file : files) {
    if (!file.name.ends_with("/en.json")) continue;
    simdjson::dom::parser parser;
    simdjson::dom::object texts;
    if (parser.parse(simdjson::padded_string{file.bytes}).get(texts) != simdjson::SUCCESS)
      throw std::runtime_error("not JSON: " + std::string{file.name});
    JsonWriter pseudo;
    pseudo.begin_object();
    for (auto const [key, value] : texts) pseudo.field(key, pseudo_text(std::string_view{value}));
    pseudo.end_object();
    auto const& name = owned_.emplace_back(std::string{file.name.substr(0, file.name.size() - 7)} + std::string{kPseudoLanguage} + ".json");
    files_.push_back({name, owned_.emplace_back(pseudo.take())});
  }
}

}  // namespace madang::test
