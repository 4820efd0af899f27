#include "sensing/readings/loose_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/text.h"

namespace madang::sensing {
namespace {

constexpr std::size_t kDepthMax = 32;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
bool is_json_number(std::string_view word) {
  std::size_t at = word.starts_with('-') ? 1 : 0;
  auto const digits = [&] {
    auto const begin = at;
    while (at < word.size() && is_digit(word[at])) ++at;
    return at - begin;
  };
  bool const zero = at < word.size() && word[at] == '0';
  auto const whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (at < word.size() && word[at] == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at < word.size() && (word[at] == 'e' || word[at] == 'E')) {
    ++at;
    if (at < word.size() && (word[at] == '+' || word[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == word.size();
}

/// Decimal only: "0x1F", "12abc" and "1.2.3" are no numbers.
bool looks_decimal(std::string_view word) {
  return std::ranges::all_of(word, [](char c) { return is_digit(c) || std::string_view{"+-.eE"}.contains(c); });
}

/// Reads left to right and writes as it goes; where it stands is a stack of brackets, not of calls.
class Repair {
 public:
  explicit Repair(std::string_view text) : text_(text) {}

  std::optional<std::string> run() {
    while (at_ < text_.size() && !hopeless_) step();
    if (hopeless_ || !open_.empty()) return std::nullopt;
    return std::move(out_);
  }

 private:
  void step() {
    char const c = text_[at_];
    if (is_space(c)) {
      ++at_;
    } else if (c == '{' || c == '[') {
      open(c);
    } else if (c == '}' || c == ']') {
      close(c);
    } else if (c == ',') {
      ++at_;
      separate();
    } else if (c == ':') {
      ++at_;
      colon();
    } else if (c == '"' || c == '\'') {
      value([this, c] { quoted(c); });
    } else {
      value([this] { word(); });
    }
  }

  [[nodiscard]] bool in_object() const { return !open_.empty() && open_.back() == '{'; }

  void open(char bracket) {
    bool const crowded = filled_ && !comma_due_ && !behind_colon_;
    if (open_.size() >= kDepthMax || crowded || (in_object() && !behind_colon_)) return give_up();
    comma();
    out_ += bracket;
    open_ += bracket;
    ++at_;
    filled_ = behind_colon_ = false;
  }

  void close(char bracket) {
    if (open_.empty() || open_.back() != (bracket == '}' ? '{' : '[')) return give_up();
    separate();
    out_ += bracket;
    open_.pop_back();
    ++at_;
    filled_ = true;
    comma_due_ = false;
    behind_colon_ = false;
  }

  /// A name without a value gets one: null.
  void separate() {
    if (behind_colon_) out_ += "null";
    if (named_ && !behind_colon_) return give_up();
    filled_ = filled_ || behind_colon_;
    behind_colon_ = named_ = false;
    comma_due_ = filled_;
  }

  void colon() {
    if (!named_) return give_up();
    out_ += ':';
    named_ = false;
    behind_colon_ = true;
  }

  /// Commas are written before what they lead to, so one too many writes nothing.
  void comma() {
    if (comma_due_) out_ += ',';
    comma_due_ = false;
  }

  template <typename Write>
  void value(Write const& write) {
    if (named_ || (filled_ && !comma_due_ && !behind_colon_)) return give_up();
    comma();
    is_name_ = in_object() && !behind_colon_;
    write();
    named_ = is_name_;
    if (!is_name_) {
      filled_ = true;
      behind_colon_ = false;
    }
  }

  void quoted(char quote) {
    std::string inside;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      auto const c = static_cast<unsigned char>(text_[at_]);
      if (c == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        if (text_[at_] != '\'') inside += '\\';
        inside += text_[at_];
      } else if (c < 0x20) {
        inside += fmt::format("\\u{:04x}", c);
      } else {
        if (c == '"') inside += '\\';
        inside += text_[at_];
      }
    }
    if (at_ == text_.size()) return give_up();
    ++at_;
    out_ += '"';
    out_ += repair_utf8(inside);
    out_ += '"';
  }

  void word() {
    auto const begin = at_;
    constexpr std::string_view kEnds = ",:{}[]\"' \t\r\n";
    at_ = std::min(text_.find_first_of(kEnds, at_), text_.size());
    auto const word = text_.substr(begin, at_ - begin);
    if (is_name_) return text(word);
    auto const small = ascii_lower(word);
    if (small == "true" || small == "false") {
      out_ += small;
    } else if (means_no_value(word)) {
      out_ += "null";
    } else if (!number(word)) {
      text(word);
    }
  }

  /// As a JSON number that a strict parser takes, whatever its length.
  bool number(std::string_view word) {
    if (!looks_decimal(word)) return false;
    auto const read = number_of_text(word.ends_with('.') ? word.substr(0, word.size() - 1) : word);
    if (!read) return false;
    bool const plain = is_json_number(word) && word.size() < 18;
    out_ += plain ? std::string(word) : fmt::format("{}", *read);
    return true;
  }

  void text(std::string_view word) {
    out_ += '"';
    for (char const c : repair_utf8(word)) {
      if (c == '\\') out_ += '\\';
      out_ += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
    out_ += '"';
  }

  void give_up() { hopeless_ = true; }

  std::string_view const text_;
  std::size_t at_ = 0;
  std::string out_;
  std::string open_;           ///< brackets not yet closed
  bool filled_ = false;        ///< something stands before, in this object or array
  bool comma_due_ = false;     ///< and a comma was read behind it
  bool named_ = false;         ///< a name was read, its colon not yet
  bool behind_colon_ = false;  ///< a value must follow
  bool is_name_ = false;
  bool hopeless_ = false;
};

}  // namespace

std::string_view without_wrapping(std::string_view payload) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (payload.starts_with(kByteOrderMark)) payload.remove_prefix(kByteOrderMark.size());
  while (!payload.empty() && (payload.back() == '\0' || is_space(payload.back()))) payload.remove_suffix(1);
  return payload;
}

bool means_no_value(std::string_view text) {
  static constexpr std::array<std::string_view, 23> kWords{
      "",       "nan",  "inf",  "infinity", "null", "(null)", "none", "nil",         "n/a",     "#n/a",      "na", "n.a.", "n.d.", "nd",
      "-",      "--",   "---",  "\xE2\x80\x93", "\xE2\x80\x94", "???", "unavailable", "unknown", "undefined"};
  // What Windows prints: 1.#QNAN0, -1.#IND00, nan(ind).
  static constexpr std::array<std::string_view, 2> kBeginnings{"1.#", "nan("};
  auto word = trim(text);
  if (word.size() > 12) return false;
  auto const small = ascii_lower(word);
  std::string_view left = small;
  auto const is_word = [&left] {
    return std::ranges::find(kWords, left) != kWords.end() ||
           std::ranges::any_of(kBeginnings, [left](std::string_view beginning) { return left.starts_with(beginning); });
  };
  if (is_word()) return true;
  if (!left.starts_with('-') && !left.starts_with('+')) return false;
  left.remove_prefix(1);
  return !left.empty() && left.find_first_of("-+?") == std::string_view::npos && is_word();
}

std::optional<double> number_of_text(std::string_view text) {
  auto word = trim(text);
  if (word.starts_with('+') && word.size() > 1 && word[1] != '-' && word[1] != '+') word.remove_prefix(1);
  if (word.empty() || !looks_decimal(word)) return std::nullopt;
  return parse_double(word);
}

std::optional<std::string> repaired_json(std::string_view text) { return Repair(text).run(); }

}  // namespace madang::sensing
