// $filter: and, or, not, comparisons with literals. Of Observations: phenomenonTime, resultTime, result, resultQuality
// and id; resultQuality alone compares its name ('good') or its flag (1), below it stand flag, name, reason and
// ruleVersion. Of the other kinds: their own members, by path ("properties/owner"). Other properties and functions are
// known to be unsupported, which is told apart from a mistake. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "opendata/sensorthings/paths.h"
#include "storage/observations/observation.h"

namespace madang::opendata {

class Filter {
 public:
  enum class Property : std::uint8_t {
    kPhenomenonTime, kResultTime, kResult, kId, kQuality, kQualityFlag, kQualityName, kQualityReason, kQualityRule,
    kMember,  ///< of an entity: `member` says which
  };
  enum class Comparison : std::uint8_t { kEqual, kNotEqual, kGreater, kGreaterEqual, kLess, kLessEqual };
  /// Whether two operands in this order satisfy it; what cannot be ordered satisfies only "not equal".
  [[nodiscard]] static bool holds(Comparison c, std::partial_ordering order);
  /// A quoted literal compares as text, as the standard's own test suite wants.
  using Literal = std::variant<double, std::string, Instant, bool, std::monostate>;

  struct Node {
    enum class Kind : std::uint8_t { kCompare, kAnd, kOr, kNot };
    Kind kind = Kind::kCompare;
    Property property = Property::kResult;
    std::string member;
    Comparison comparison = Comparison::kEqual;
    Literal literal;
    std::vector<Node> operands;
  };

  /// kInvalid names the column; kUnsupported what this service does not do; kLimit above limits.h.
  static Result<Filter> parse(std::string_view text, EntityKind kind = EntityKind::kObservation);

  [[nodiscard]] bool matches(storage::StoredObservation const& observation) const;
  /// Every match has its phenomenonTime (an interval: its start) in here.
  [[nodiscard]] Interval bounds() const;
  /// The bounds say it all: every observation in them matches.
  [[nodiscard]] bool is_only_bounds() const;
  [[nodiscard]] Node const& root() const { return root_; }

 private:
  explicit Filter(Node root) : root_(std::move(root)) {}

  Node root_;
};

}  // namespace madang::opendata
