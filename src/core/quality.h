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
