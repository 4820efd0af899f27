// Quality of a value as data: the QARTOD primary flags (IOOS QARTOD manual, flag table), which rule
// judged it and the version of that rule. The raw value is never altered.
#pragma once

#include <cstdint>
#include <string_view>

namespace madang {

/// Numbers are QARTOD's own and go into the stored bytes.
enum class QualityFlag : std::uint8_t {
  kGood = 1,
  kUnknown = 2,  ///< not judged yet
  kSuspect = 3,
  kFail = 4,
  kMissing = 9,
};

struct Quality {
  QualityFlag flag = QualityFlag::kUnknown;
  std::uint8_t reason = 0;         ///< which test spoke; 0 = none
  std::uint16_t rule_version = 0;  ///< version of the rule set that judged; 0 = never judged

  friend bool operator==(Quality const&, Quality const&) = default;
};

/// Of a result that is no number (a text, JSON): its value is 0 only because something must stand there. The observation
/// store gives it to every such value, whatever its sender or a test said, so that whoever looks at the flag counts none.
inline constexpr std::uint8_t kNoNumberReason = 12;
inline constexpr Quality kNoNumber{QualityFlag::kMissing, kNoNumberReason, 0};
[[nodiscard]] constexpr bool is_number(Quality quality) {
  return quality.flag != QualityFlag::kMissing || quality.reason != kNoNumberReason;
}

/// "good", "unknown", "suspect", "fail", "missing".
constexpr std::string_view name_of(QualityFlag flag) {
  switch (flag) {
    case QualityFlag::kGood: return "good";
    case QualityFlag::kUnknown: return "unknown";
    case QualityFlag::kSuspect: return "suspect";
    case QualityFlag::kFail: return "fail";
    case QualityFlag::kMissing: return "missing";
  }
  return "unknown";
}

}  // namespace madang
