#include "opendata/sensorthings/filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <compare>
#include <utility>

#include "core/text.h"
#include "opendata/sensorthings/members.h"
#include "opendata/sensorthings/limits.h"

namespace madang::opendata {
namespace {

using FilterNode = Filter::Node;
using Comparison = Filter::Comparison;
using Property = Filter::Property;
using Literal = Filter::Literal;
using storage::ObservationDetail;
using storage::StoredObservation;

constexpr std::array<std::pair<std::string_view, Comparison>, 6> kComparisons = {{
    {"eq", Comparison::kEqual}, {"ne", Comparison::kNotEqual}, {"gt", Comparison::kGreater},
    {"ge", Comparison::kGreaterEqual}, {"lt", Comparison::kLess}, {"le", Comparison::kLessEqual},
}};
constexpr std::array<std::pair<std::string_view, Property>, 10> kProperties = {{
    {"phenomenonTime", Property::kPhenomenonTime}, {"resultTime", Property::kResultTime},
    {"result", Property::kResult}, {"id", Property::kId}, {"@iot.id", Property::kId},
    {"resultQuality", Property::kQuality}, {"resultQuality/flag", Property::kQualityFlag},
    {"resultQuality/name", Property::kQualityName}, {"resultQuality/reason", Property::kQualityReason},
    {"resultQuality/ruleVersion", Property::kQualityRule},
}};
/// Names of the standard (OGC 18-088, 8.2) that no entity of this server is filtered by.
constexpr std::array<std::string_view, 7> kOtherNames = {"validTime", "observedArea", "multiObservationDataTypes", "unitOfMeasurements", "time", "selfLink", "@iot.selfLink"};
constexpr std::array<QualityFlag, 5> kFlags = {QualityFlag::kGood, QualityFlag::kUnknown, QualityFlag::kSuspect,
                                               QualityFlag::kFail, QualityFlag::kMissing};

template <typename Value, std::size_t Count>
std::optional<Value> look_up(std::array<std::pair<std::string_view, Value>, Count> const& table, std::string_view name) {
  auto const found = std::ranges::find(table, name, &std::pair<std::string_view, Value>::first);
  return found == table.end() ? std::nullopt : std::optional(found->second);
}

/// `3 lt result` says the same as `result gt 3`.
Comparison mirrored(Comparison c) {
  switch (c) {
    case Comparison::kGreater: return Comparison::kLess;
    case Comparison::kGreaterEqual: return Comparison::kLessEqual;
    case Comparison::kLess: return Comparison::kGreater;
    case Comparison::kLessEqual: return Comparison::kGreaterEqual;
    default: return c;
  }
}

class Parser {
 public:
  Parser(std::string_view text, EntityKind kind) : text_(text), kind_(kind) {}

  Result<FilterNode> parse() {
    MADANG_TRY(auto root, disjunction(0));
    skip_space();
    if (at_ != text_.size()) return wrong("'and', 'or' or the end");
    return root;
  }

 private:
  struct Operand {
    std::optional<Property> property;
    Literal literal = {};
    std::string member = {};
  };

  std::unexpected<Error> wrong(std::string_view wanted) const {
    return fail(Code::kInvalid, fmt::format("$filter: {} expected at column {}", wanted, at_ + 1));
  }

  void skip_space() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  bool take(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  /// The next run of characters that belong together: a name, a number, a time, an operator.
  [[nodiscard]] std::string_view peek_word() {
    skip_space();
    auto const end = text_.find_first_of(" ()',", at_);
    return text_.substr(at_, end == std::string_view::npos ? end : end - at_);
  }

  bool take_word(std::string_view word) {
    if (peek_word() != word) return false;
    at_ += word.size();
    return true;
  }

  Result<FilterNode> disjunction(std::size_t depth) { return chain(depth, "or", FilterNode::Kind::kOr, &Parser::conjunction); }
  Result<FilterNode> conjunction(std::size_t depth) { return chain(depth, "and", FilterNode::Kind::kAnd, &Parser::term); }

  Result<FilterNode> chain(std::size_t depth, std::string_view word, FilterNode::Kind kind,
                     Result<FilterNode> (Parser::*next)(std::size_t)) {
    if (depth > kFilterDepthMax) return fail(Code::kLimit, fmt::format("$filter: deeper than {}", kFilterDepthMax));
    MADANG_TRY(auto first, (this->*next)(depth));
    if (peek_word() != word) return first;
    FilterNode node;
    node.kind = kind;
    node.operands.push_back(std::move(first));
    while (take_word(word)) {
      MADANG_TRY(auto other, (this->*next)(depth));
      node.operands.push_back(std::move(other));
    }
    return node;
  }

  Result<FilterNode> term(std::size_t depth) {
    if (++terms_ > kFilterTermsMax) return fail(Code::kLimit, fmt::format("$filter: more than {} terms", kFilterTermsMax));
    if (take_word("not")) {
      if (depth > kFilterDepthMax) return fail(Code::kLimit, fmt::format("$filter: deeper than {}", kFilterDepthMax));
      MADANG_TRY(auto inner, term(depth + 1));
      FilterNode node;
      node.kind = FilterNode::Kind::kNot;
      node.operands.push_back(std::move(inner));
      return node;
    }
    if (take('(')) {
      MADANG_TRY(auto inner, disjunction(depth + 1));
      if (!take(')')) return wrong("')'");
      return inner;
    }
    return comparison();
  }

  Result<FilterNode> comparison() {
    MADANG_TRY(auto left, operand());
    auto const word = peek_word();
    auto const op = look_up(kComparisons, word);
    if (!op) {
      if (is_arithmetic(word)) return unsupported(word);
      return wrong("eq, ne, gt, ge, lt or le");
    }
    at_ += word.size();
    MADANG_TRY(auto right, operand());
    if (left.property.has_value() == right.property.has_value()) {
      return fail(Code::kUnsupported, "$filter: only a property can be compared with a literal");
    }
    FilterNode node;
    node.property = left.property ? *left.property : *right.property;
    node.member = left.property ? std::move(left.member) : std::move(right.member);
    node.comparison = left.property ? *op : mirrored(*op);
    node.literal = left.property ? std::move(right.literal) : std::move(left.literal);
    read_quoted_id(node);
    MADANG_CHECK(check_types(node));
    return node;
  }

  static bool compares_id(FilterNode const& node) {
    return node.property == Property::kId || (node.property == Property::kMember && (node.member == "id" || node.member == "@iot.id"));
  }
  /// Ids are numbers here; clients that do not know it quote them, as they do in paths.
  static void read_quoted_id(FilterNode& node) {
    auto const* text = std::get_if<std::string>(&node.literal);
    auto const number = text != nullptr && compares_id(node) ? parse_int(*text) : std::nullopt;
    if (number) node.literal = static_cast<double>(*number);
  }

  static bool is_arithmetic(std::string_view word) {
    return word == "add" || word == "sub" || word == "mul" || word == "div" || word == "mod";
  }

  /// No function, path or literal of another kind, and no name that the standard knows: a text without its quotes, or a name misspelt.
  [[nodiscard]] bool is_plain(std::string_view word) const {
    auto const next = at_ + word.size() < text_.size() ? text_[at_ + word.size()] : ' ';
    if (next == '(' || next == '\'' || word.find('/') != std::string_view::npos || is_arithmetic(word)) return false;
    return !is_member_of_any(word) && std::ranges::find(kOtherNames, word) == kOtherNames.end();
  }

  [[nodiscard]] std::unexpected<Error> unknown(std::string_view word) const {
    return fail(Code::kInvalid, fmt::format("$filter: column {}: {} have no \"{}\"; a text stands in single quotes: '{}'", at_ + 1, set_name(kind_),
                                            word.substr(0, 80), word.substr(0, 80)));
  }

  [[nodiscard]] std::unexpected<Error> unsupported(std::string_view word) const {
    return fail(Code::kUnsupported, fmt::format("$filter: \"{}\" at column {} is not supported", word.substr(0, 80), at_ + 1));
  }
  static Result<void> check_types(FilterNode const& node) {
    bool const wants_time = node.property == Property::kPhenomenonTime || node.property == Property::kResultTime;
    bool const is_null = std::holds_alternative<std::monostate>(node.literal);
    if (wants_time && !is_null && !std::holds_alternative<Instant>(node.literal)) {
      return fail(Code::kInvalid, "$filter: a time like 2026-11-24T05:30:00Z must stand beside phenomenonTime or resultTime");
    }
    if (compares_id(node) && !std::holds_alternative<double>(node.literal)) {
      return fail(Code::kInvalid, "$filter: a number must stand beside id");
    }
    return check_quality(node);
  }

  static bool is_quality(Property p) { return p >= Property::kQuality && p < Property::kMember; }

  static Result<void> check_quality(FilterNode const& node) {
    if (!is_quality(node.property)) return {};
    auto const* text = std::get_if<std::string>(&node.literal);
    bool const named = node.property == Property::kQuality || node.property == Property::kQualityName;
    if (text != nullptr && named) {
      if (std::ranges::find(kFlags, *text, [](QualityFlag f) { return name_of(f); }) == kFlags.end())
        return fail(Code::kInvalid, "$filter: resultQuality is one of 'good', 'unknown', 'suspect', 'fail', 'missing'");
      if (node.comparison != Comparison::kEqual && node.comparison != Comparison::kNotEqual)
        return fail(Code::kInvalid, "$filter: names of resultQuality compare with eq and ne; its flag is a number");
      return {};
    }
    bool const numbered = std::holds_alternative<double>(node.literal) && node.property != Property::kQualityName;
    if (numbered) return {};
    return fail(Code::kInvalid, "$filter: a name such as 'good' or a number must stand beside resultQuality");
  }

  Result<Operand> operand() {
    skip_space();
    if (at_ >= text_.size()) return wrong("a property or a literal");
    if (text_[at_] == '\'') return quoted();
    auto const word = peek_word();
    if (word.empty()) return wrong("a property or a literal");
    if (kind_ != EntityKind::kObservation && is_member(kind_, word.substr(0, word.find('/')))) {
      at_ += word.size();
      return Operand{Property::kMember, {}, std::string(word)};
    }
    auto const property = kind_ == EntityKind::kObservation ? look_up(kProperties, word) : std::nullopt;
    if (property) at_ += word.size();
    if (property) return Operand{property};
    if (word == "true" || word == "false") {
      at_ += word.size();
      return Operand{std::nullopt, word == "true"};
    }
    if (word == "null") {
      at_ += word.size();
      return Operand{std::nullopt, std::monostate{}};
    }
    if (auto const number = parse_double(word)) {
      at_ += word.size();
      return Operand{std::nullopt, *number};
    }
    return time_or_unknown(word);
  }

  Result<Operand> time_or_unknown(std::string_view word) {
    bool const looks_like_time = word.size() >= 5 && word[0] >= '0' && word[0] <= '9' && word[4] == '-';
    if (!looks_like_time) return is_plain(word) ? unknown(word) : unsupported(word);
    if (word.find('/') != std::string_view::npos) return unsupported(word);
    auto t = parse_instant(word);
    auto length = word.size();
    if (auto const offset = offset_behind_space(word.size()); !t && !offset.empty()) {
      t = parse_instant(fmt::format("{}+{}", word, offset));
      length += 1 + offset.size();
    }
    if (!t) return fail(Code::kInvalid, fmt::format("$filter: column {}: {}", at_ + 1, t.error().sentence));
    at_ += length;
    return Operand{std::nullopt, *t};
  }

  /// A plus sign that was not percent-encoded arrives as a space: "2026-11-24T14:00:00 09:00".
  std::string_view offset_behind_space(std::size_t word_length) const {
    auto const rest = text_.substr(at_ + word_length);
    if (!rest.starts_with(' ')) return {};
    auto const end = std::min(rest.find_first_not_of("0123456789:", 1), rest.size());
    return rest.substr(1, end - 1);
  }

  /// Two quotes inside stand for one.
  Result<Operand> quoted() {
    auto const start = at_++;
    std::string text;
    while (at_ < text_.size()) {
      char const c = text_[at_++];
      if (c != '\'') {
        text += c;
      } else if (at_ < text_.size() && text_[at_] == '\'') {
        text += '\'';
        ++at_;
      } else {
        return Operand{std::nullopt, std::move(text)};
      }
    }
    at_ = start;
    return wrong("a closing quote for the text that begins");
  }

  std::string_view text_;
  EntityKind kind_;
  std::size_t at_ = 0;
  std::size_t terms_ = 0;
};

ObservationDetail::ResultKind result_kind(StoredObservation const& o) {
  return o.detail ? o.detail->result_kind : ObservationDetail::ResultKind::kNumber;
}

/// The result as the text that a quoted literal is compared with.
std::string result_text(StoredObservation const& o) {
  switch (result_kind(o)) {
    case ObservationDetail::ResultKind::kText:
    case ObservationDetail::ResultKind::kJson: return o.detail->result;
    case ObservationDetail::ResultKind::kBoolean: return o.value != 0 ? "true" : "false";
    case ObservationDetail::ResultKind::kNumber: return fmt::format("{}", o.value);
  }
  return {};
}

bool result_matches(FilterNode const& node, StoredObservation const& o) {
  auto const kind = result_kind(o);
  if (auto const* text = std::get_if<std::string>(&node.literal)) {
    return Filter::holds(node.comparison, result_text(o) <=> *text);
  }
  if (auto const* number = std::get_if<double>(&node.literal)) {
    if (kind != ObservationDetail::ResultKind::kNumber) return node.comparison == Comparison::kNotEqual;
    return Filter::holds(node.comparison, o.value <=> *number);
  }
  if (auto const* truth = std::get_if<bool>(&node.literal)) {
    if (kind != ObservationDetail::ResultKind::kBoolean) return node.comparison == Comparison::kNotEqual;
    return Filter::holds(node.comparison, (o.value != 0 ? 1.0 : 0.0) <=> (*truth ? 1.0 : 0.0));
  }
  // There is no null result in the store.
  return node.comparison == Comparison::kNotEqual;
}

bool time_matches(FilterNode const& node, std::optional<Instant> time) {
  auto const* wanted = std::get_if<Instant>(&node.literal);
  if (wanted == nullptr) return (node.comparison == Comparison::kEqual) != time.has_value();
  if (!time) return node.comparison == Comparison::kNotEqual;
  return Filter::holds(node.comparison, std::partial_ordering(*time <=> *wanted));
}

bool quality_matches(FilterNode const& node, Quality const& quality) {
  if (auto const* text = std::get_if<std::string>(&node.literal)) {
    return Filter::holds(node.comparison, name_of(quality.flag) <=> std::string_view(*text));
  }
  auto const* number = std::get_if<double>(&node.literal);
  if (number == nullptr) return false;
  double const own = node.property == Property::kQualityReason ? quality.reason
                     : node.property == Property::kQualityRule ? quality.rule_version
                                                               : static_cast<double>(quality.flag);
  return Filter::holds(node.comparison, own <=> *number);
}

bool comparison_holds(FilterNode const& node, StoredObservation const& o) {
  switch (node.property) {
    case Property::kPhenomenonTime: return time_matches(node, o.phenomenon_time);
    case Property::kResultTime: return time_matches(node, o.detail ? o.detail->result_time : std::nullopt);
    case Property::kResult: return result_matches(node, o);
    case Property::kId: return Filter::holds(node.comparison, static_cast<double>(o.id.value()) <=> std::get<double>(node.literal));
    case Property::kQuality:
    case Property::kQualityFlag:
    case Property::kQualityName:
    case Property::kQualityReason:
    case Property::kQualityRule: return quality_matches(node, o.quality);
    case Property::kMember: return false;
  }
  return false;
}

bool matches_node(FilterNode const& node, StoredObservation const& o) {
  auto const match = [&o](FilterNode const& n) { return matches_node(n, o); };
  switch (node.kind) {
    case FilterNode::Kind::kCompare: return comparison_holds(node, o);
    case FilterNode::Kind::kAnd: return std::ranges::all_of(node.operands, match);
    case FilterNode::Kind::kOr: return std::ranges::any_of(node.operands, match);
    case FilterNode::Kind::kNot: return !matches_node(node.operands.front(), o);
  }
  return false;
}

/// A comparison that only narrows phenomenonTime.
Instant const* bound_of(FilterNode const& node) {
  bool const fits = node.kind == FilterNode::Kind::kCompare && node.property == Property::kPhenomenonTime &&
                    node.comparison != Comparison::kNotEqual;
  return fits ? std::get_if<Instant>(&node.literal) : nullptr;
}

void narrow(Interval& bounds, FilterNode const& node) {
  if (node.kind == FilterNode::Kind::kAnd) {
    for (auto const& each : node.operands) narrow(bounds, each);
    return;
  }
  auto const* t = bound_of(node);
  if (t == nullptr) return;
  Millis const one{1};
  auto const c = node.comparison;
  if (c == Comparison::kGreater) bounds.from = std::max(bounds.from, *t + one);
  if (c == Comparison::kGreaterEqual || c == Comparison::kEqual) bounds.from = std::max(bounds.from, *t);
  if (c == Comparison::kLess) bounds.to = std::min(bounds.to, *t);
  if (c == Comparison::kLessEqual || c == Comparison::kEqual) bounds.to = std::min(bounds.to, *t + one);
}

}  // namespace

bool Filter::holds(Comparison c, std::partial_ordering order) {
  switch (c) {
    case Comparison::kEqual: return order == 0;
    case Comparison::kNotEqual: return order != 0;
    case Comparison::kGreater: return order > 0;
    case Comparison::kGreaterEqual: return order >= 0;
    case Comparison::kLess: return order < 0;
    case Comparison::kLessEqual: return order <= 0;
  }
  return false;
}

Result<Filter> Filter::parse(std::string_view text, EntityKind kind) {
  if (text.size() > kFilterBytesMax) {
    return fail(Code::kLimit, fmt::format("$filter: {} bytes are above {}", text.size(), kFilterBytesMax));
  }
  MADANG_TRY(auto root, Parser(text, kind).parse());
  return Filter(std::move(root));
}

bool Filter::matches(StoredObservation const& observation) const { return matches_node(root_, observation); }

Interval Filter::bounds() const {
  Interval bounds{kInstantMin, kInstantMax};
  narrow(bounds, root_);
  if (bounds.to < bounds.from) bounds.to = bounds.from;
  return bounds;
}

bool Filter::is_only_bounds() const {
  auto const only = [](auto const& self, FilterNode const& node) -> bool {
    if (node.kind == FilterNode::Kind::kAnd) {
      return std::ranges::all_of(node.operands, [&self](FilterNode const& n) { return self(self, n); });
    }
    return bound_of(node) != nullptr;
  };
  return only(only, root_);
}

}  // namespace madang::opendata
