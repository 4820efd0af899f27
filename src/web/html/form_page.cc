#include "web/html/form_page.h"

#include "runtime/refusal.h"

namespace madang::web {
namespace {

using markup::element;
using markup::Html;
using markup::pieces;

std::string fault_id(std::string_view field) { return std::string{field} + "-fault"; }

/// Said with the field by a screen reader, and found by one that jumps from fault to fault.
void mark_fault(markup::AttributeList& attributes, FilledForm const& filled, std::string_view field) {
  if (filled.fault(field) == nullptr) return;
  attributes.emplace_back("aria-invalid", "true");
  attributes.emplace_back("aria-describedby", fault_id(field));
}

}  // namespace

std::string refusal_text(Voice const& voice, Error const& error) {
  if (auto text = runtime::said(voice.messages, voice.language, error)) return *std::move(text);
  return voice.say(message_key_of(error.code));
}

Html FormView::fault(std::string_view field) const {
  auto const* const fault = filled.fault(field);
  return fault == nullptr ? Html{} : element("p", {{"id", fault_id(field)}, {"class", "fault"}}, refusal_text(voice, *fault));
}

Html FormView::label_and_fault(std::string_view field, std::string_view label_key) const {
  return pieces(element("label", {{"for", field}}, voice.say(label_key)), fault(field));
}

Html FormView::input(std::string_view field, std::string_view label_key, Input const& input) const {
  auto const* const shape = filled.shape(field);
  MADANG_ASSERT(shape != nullptr);
  // Without a maxlength: a browser counts UTF-16's units, and cuts what is pasted without a word.
  markup::AttributeList all{{"id", field}, {"name", field}, {"type", input.type}, {"autocomplete", input.autocomplete},
                            {"value", filled.typed(field)}, {"required", shape->required}};
  if (input.is_name) {
    all.emplace_back("autocapitalize", "none");
    all.emplace_back("spellcheck", "false");
  }
  mark_fault(all, filled, field);
  return pieces(label_and_fault(field, label_key), markup::open_tag("input", all));
}

Html FormView::choice(std::string_view field, std::string_view label_key,
                      std::vector<std::pair<std::string_view, std::string_view>> const& options) const {
  auto const* const shape = filled.shape(field);
  MADANG_ASSERT(shape != nullptr);
  Html all;
  for (auto const& [value, words] : options)
    all += element("option", {{"value", value}, {"selected", filled.typed(field) == value}}, voice.say(words));
  markup::AttributeList attributes{{"id", field}, {"name", field}, {"required", shape->required}};
  mark_fault(attributes, filled, field);
  return pieces(label_and_fault(field, label_key), markup::open_tag("select", attributes), all, markup::close_tag("select"));
}

Html FormView::flag(std::string_view field, std::string_view label_key) const {
  bool const on = !filled.typed(field).empty();
  markup::AttributeList attributes{{"id", field}, {"name", field}, {"type", "checkbox"}, {"value", "1"}, {"checked", on}};
  mark_fault(attributes, filled, field);
  return pieces(fault(field), element("label", {{"class", "flag"}}, markup::open_tag("input", attributes), voice.say(label_key)));
}

Html FormView::hidden(std::string_view field) const {
  return element("input", {{"type", "hidden"}, {"name", field}, {"value", filled.typed(field)}});
}

std::string FormView::page_title(std::string title) const {
  return filled.is_right() ? std::move(title) : voice.say("form.error_title", {{"title", title}});
}

/// A link to the field that shows the fault; where none does, the field's name stands before the text, or nobody knew what is meant.
Html FormView::summary_line(std::string_view field, Error const& error) const {
  auto text = refusal_text(voice, error);
  auto const* const shape = field.empty() ? nullptr : filled.shape(field);
  if (shape != nullptr && !shape->hidden) return element("li", {}, element("a", {{"href", "#" + std::string{field}}}, text));
  return element("li", {}, error.wording && !error.wording->field.empty() ? error.wording->field + ": " + text : text);
}

Html FormView::summary(std::string_view title_key) const {
  auto const faults = filled.faults();
  if (faults.empty()) return {};
  Html lines;
  for (auto const& [field, error] : faults) lines += summary_line(field, *error);
  return element("div", {{"class", "error"}, {"role", "alert"}, {"tabindex", -1}, {"autofocus", true}},
                 element("h2", {}, voice.say(title_key)), element("ul", {}, lines));
}

}  // namespace madang::web
