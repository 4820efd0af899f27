// A form as a page shows it, without JavaScript: each field with its label and what was typed, what is wrong at the field and, with
// links there, above the form (WCAG 2.2: 3.3.1, 3.3.2, 4.1.3).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "web/forms/bound.h"
#include "web/html/html.h"
#include "web/html/page_frame.h"

namespace madang::web {

/// In the reader's language; where the refusal has no words of its own, its kind.
std::string refusal_text(Voice const& voice, Error const& error);

/// One form on one page. An input's id is its field's name.
struct FormView {
  Voice voice;
  FilledForm const& filled;

  struct Input {
    std::string_view type = "text";
    std::string_view autocomplete = "off";
    bool is_name = false;  ///< of something: written as it is, neither corrected nor with a capital
  };
  /// Label, fault and input.
  [[nodiscard]] markup::Html input(std::string_view field, std::string_view label_key, Input const& input) const;
  [[nodiscard]] markup::Html input(std::string_view field, std::string_view label_key) const { return input(field, label_key, Input{}); }
  /// Label, fault and a list of {value, key of its words}.
  [[nodiscard]] markup::Html choice(std::string_view field, std::string_view label_key,
                                    std::vector<std::pair<std::string_view, std::string_view>> const& options) const;
  /// Fault and a box to tick, its label behind it.
  [[nodiscard]] markup::Html flag(std::string_view field, std::string_view label_key) const;
  /// Goes along unseen; shows no fault.
  [[nodiscard]] markup::Html hidden(std::string_view field) const;

  /// The page's title, with "Error: " in front after a form that was refused: it is the first that a screen reader says of a page.
  [[nodiscard]] std::string page_title(std::string title) const;
  /// All that is wrong, each a link to its field, where it has one that is seen; the page opens with the focus on it. Nothing where
  /// nothing is wrong.
  [[nodiscard]] markup::Html summary(std::string_view title_key) const;

 private:
  [[nodiscard]] markup::Html fault(std::string_view field) const;
  [[nodiscard]] markup::Html summary_line(std::string_view field, Error const& error) const;
  [[nodiscard]] markup::Html label_and_fault(std::string_view field, std::string_view label_key) const;
};

}  // namespace madang::web
