// A form's fields, described once beside the struct that they fill: what is typed is read into it, with every fault at once and each
// at its field, as a refusal that every language says. The page shows the form again with what was typed (html/form_page.h).
// A form that edits begins with what stands: `shape.empty(lamp)` shows it, `shape.bind(sent, lamp)` changes it. What a browser sends
// empty is emptied, and a box that it sends nothing of is not ticked.
//   FormShape<Lamp> const kLamp = FormShape<Lamp>{}
//       .text("name", &Lamp::name, {.required = true, .characters_max = 80})
//       .number("watts", &Lamp::watts, {.required = true, .min = 1, .max = 400})
//       .choice("kind", &Lamp::kind, {{"led", Kind::kLed}, {"gas", Kind::kGas}});
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "web/forms/forms.h"
#include "web/http/limits.h"

namespace madang::web {

struct TextRules {
  bool required = false;
  std::size_t bytes_max = kFormTextMax;
  std::size_t characters_max = kFormTextMax;  ///< as a reader counts them, "한" and a family of emojis are one each
  bool secret = false;   ///< is not shown again, and stands as it was typed: nothing is trimmed
  bool hidden = false;   ///< goes along unseen (FormView::hidden)
  std::string_view missing = "refusal.missing";  ///< key of what is said where it is required and empty
  bool unfit_is_nothing = false;  ///< what is too long was not sent: of hidden fields, where nobody could mend a fault
};
struct NumberRules {
  bool required = false;
  std::int64_t min = INT64_MIN;
  std::int64_t max = INT64_MAX;
  std::string_view missing = "refusal.missing";
};
struct ChoiceRules {
  bool required = false;
  std::string_view missing = "refusal.missing";
};

/// One field, whatever its type: its faults and how it is shown again.
struct FieldShape {
  std::string name;
  bool required = false;
  bool secret = false;
  bool hidden = false;
  std::size_t bytes_max = kFormTextMax;
  bool unfit_is_nothing = false;
};

/// What was typed, and what is wrong with it. Without what it was read into, so that pages need not know.
class FilledForm {
 public:
  explicit FilledForm(std::vector<FieldShape> shape = {}) : shape_(std::move(shape)) {}

  /// As it was typed; empty for a secret, and where nothing was.
  [[nodiscard]] std::string_view typed(std::string_view name) const;
  [[nodiscard]] FieldShape const* shape(std::string_view name) const;
  [[nodiscard]] std::vector<FieldShape> const& shape() const { return shape_; }
  /// nullptr: nothing is wrong with it.
  [[nodiscard]] Error const* fault(std::string_view name) const;
  /// Of no field of the form, but of all of it.
  [[nodiscard]] Error const* fault() const { return fault({}); }
  /// In the order of the form's fields, that of all of it first: {field, fault}.
  [[nodiscard]] std::vector<std::pair<std::string_view, Error const*>> faults() const;
  [[nodiscard]] bool is_right() const { return faults_.empty(); }

  void show(std::string_view name, std::string_view text) { typed_.emplace_back(name, text); }
  /// What a use case says of what was typed: at the field that it names, where the form has it. The first of a field stands.
  void refuse(Error error);

 private:
  std::vector<FieldShape> shape_;
  Fields typed_;
  std::vector<std::pair<std::string, Error>> faults_;
};

template <typename T>
struct BoundForm {
  T value;  ///< as far as it could be read
  FilledForm filled;
};

/// How each type reads what was typed. A number is not blank.
Result<std::string> read_text(std::string_view name, std::string_view typed, TextRules const& rules);
Result<std::int64_t> read_number(std::string_view name, std::string_view typed, NumberRules const& rules);
std::unexpected<Error> no_such_choice(std::string_view name, std::string_view typed);
bool is_blank(std::string_view typed);
/// Whether nothing stands there: blanks are nothing, but of a secret.
bool is_missing(FieldShape const& field, std::string_view typed);
std::unexpected<Error> refuse_missing(FieldShape const& field, std::string_view key);

/// Immutable once made; thread-safe then.
template <typename T>
class FormShape {
 public:
  FormShape& text(std::string_view name, std::string T::*member, TextRules rules = {}) {
    auto read = [key = std::string{name}, member, rules](Typed typed, T& into) -> Result<void> {
      if (!typed) return {};
      MADANG_TRY(into.*member, read_text(key, *typed, rules));
      return {};
    };
    auto show = [member](T const& from) { return from.*member; };
    return add({.name = std::string{name}, .required = rules.required, .secret = rules.secret, .hidden = rules.hidden,
                .bytes_max = rules.bytes_max, .unfit_is_nothing = rules.unfit_is_nothing},
               {std::move(read), std::move(show), rules.missing});
  }

  /// Where it is not required and left empty, the struct keeps what it has.
  FormShape& number(std::string_view name, std::int64_t T::*member, NumberRules rules = {}) {
    auto read = [key = std::string{name}, member, rules](Typed typed, T& into) -> Result<void> {
      if (!typed || is_blank(*typed)) return {};
      MADANG_TRY(into.*member, read_number(key, *typed, rules));
      return {};
    };
    auto show = [member](T const& from) { return std::to_string(from.*member); };
    return add({.name = std::string{name}, .required = rules.required}, {std::move(read), std::move(show), rules.missing});
  }

  /// Where it is not required and left empty, the struct keeps what it has.
  template <typename E>
  FormShape& choice(std::string_view name, E T::*member, std::vector<std::pair<std::string_view, E>> const& choices, ChoiceRules rules = {}) {
    auto read = [key = std::string{name}, member, choices](Typed typed, T& into) -> Result<void> {
      if (!typed || is_blank(*typed)) return {};
      for (auto const& [word, value] : choices) {
        if (word != *typed) continue;
        into.*member = value;
        return {};
      }
      return no_such_choice(key, *typed);
    };
    auto show = [member, choices](T const& from) {
      for (auto const& [word, value] : choices)
        if (value == from.*member) return std::string{word};
      return std::string{};
    };
    return add({.name = std::string{name}, .required = rules.required}, {std::move(read), std::move(show), rules.missing});
  }

  /// A checkbox: browsers send nothing of one that is not ticked.
  FormShape& flag(std::string_view name, bool T::*member) {
    auto read = [member](Typed typed, T& into) -> Result<void> {
      into.*member = typed.has_value();
      return {};
    };
    auto show = [member](T const& from) { return std::string{from.*member ? "1" : ""}; };
    return add({.name = std::string{name}}, {std::move(read), std::move(show), {}, true});
  }

  /// Nothing was typed yet: the form as it is first shown.
  [[nodiscard]] FilledForm empty() const { return FilledForm{shape_}; }
  /// The same where something stands already.
  [[nodiscard]] FilledForm empty(T const& start) const {
    auto filled = empty();
    for (std::size_t i = 0; i < shape_.size(); ++i) filled.show(shape_[i].name, readers_[i].show(start));
    return filled;
  }
  /// Every field, whatever is wrong with others. What the shape does not name is left unread; a text, a number or a choice that was not
  /// sent at all stays as `start` has it.
  [[nodiscard]] BoundForm<T> bind(Form const& form, T start = {}) const {
    BoundForm<T> bound{.value = std::move(start), .filled = empty()};
    for (std::size_t i = 0; i < shape_.size(); ++i) {
      auto const& field = shape_[i];
      auto typed = form.value(field.name);
      if (typed && field.unfit_is_nothing && typed->size() > field.bytes_max) typed.reset();
      auto read = read_one(field, readers_[i], typed, bound.value);
      bound.filled.show(field.name, typed && !readers_[i].is_flag ? std::string{*typed} : readers_[i].show(bound.value));
      if (!read) bound.filled.refuse(std::move(read).error());
    }
    return bound;
  }

 private:
  /// Nothing: the form was sent without it.
  using Typed = std::optional<std::string_view>;
  struct Reader {
    std::function<Result<void>(Typed, T&)> read;
    std::function<std::string(T const&)> show;  ///< as a browser would send it
    std::string_view missing;
    bool is_flag = false;
  };
  FormShape& add(FieldShape shape, Reader reader) {
    shape_.push_back(std::move(shape));
    readers_.push_back(std::move(reader));
    return *this;
  }
  static Result<void> read_one(FieldShape const& field, Reader const& reader, Typed typed, T& into) {
    if (field.required && (!typed || is_missing(field, *typed))) return refuse_missing(field, reader.missing);
    return reader.read(typed, into);
  }

  std::vector<FieldShape> shape_;
  std::vector<Reader> readers_;  ///< one of each field
};

}  // namespace madang::web
