#include "sensing/quality/reasons.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace madang::sensing {
namespace {

struct Reason {
  std::uint8_t number;
  std::string_view en;
  std::string_view ko;
};

// The numbers are those of QualityTest.
constexpr std::array kReasons{
    Reason{1, "It is dated more than a day ahead of its arrival.", "도착한 시각보다 하루 이상 앞선 시각이 적혀 있습니다."},
    Reason{2, "It lies outside what this sensor can measure.", "이 센서가 측정할 수 있는 범위를 벗어났습니다."},
    Reason{3, "It is a number that means \"no value\".", "값이 없음을 뜻하는 숫자입니다."},
    Reason{4, "It stands alone, far from the values before and after it.", "앞뒤의 값과 크게 다른 한 번의 튐입니다."},
    Reason{5, "It changed faster than this quantity can change.", "이 항목이 변할 수 있는 속도보다 빠르게 변했습니다."},
    Reason{6, "The value has not moved for too long; the sensor seems to be stuck.",
           "값이 너무 오랫동안 변하지 않았습니다. 센서가 멈춘 것으로 보입니다."},
    Reason{7, "This channel has never measured anything; it is taken as not fitted.",
           "이 채널은 측정한 적이 없습니다. 센서가 달려 있지 않은 것으로 봅니다."},
    Reason{8, "It is a constant factor away from what it used to be; the unit seems to have changed.",
           "이전 값과 일정한 배수만큼 다릅니다. 단위가 바뀐 것으로 보입니다."},
    Reason{9, "It stands alone against the stations around it.", "주변 측정소의 값과 홀로 크게 다릅니다."},
    Reason{10, "This sensor has been moving away from the rest of the city.", "이 센서의 값이 도시 전체의 값에서 점점 벗어나고 있습니다."},
    Reason{11, "The clock of the device does not agree with the time of arrival.", "장치의 시계가 도착한 시각과 맞지 않습니다."},
    Reason{12, "It is not a number that can be stored.", "저장할 수 있는 숫자가 아닙니다."},
};

city::Name name(std::string_view en, std::string_view ko) {
  return {{{"en", std::string{en}}, {"ko", std::string{ko}}}};
}

}  // namespace

city::Name reason_sentence(std::uint8_t reason) {
  if (reason == 0) return {};
  auto const found = std::ranges::find(kReasons, reason, &Reason::number);
  if (found != kReasons.end()) return name(found->en, found->ko);
  return name("A test that this version does not know spoke.", "이 버전이 알지 못하는 검사가 표시했습니다.");
}

city::Name reason_sentence(Quality const& quality) {
  if (quality.flag == QualityFlag::kGood || quality.flag == QualityFlag::kUnknown) return {};
  if (quality.reason != 0) return reason_sentence(quality.reason);
  if (quality.flag == QualityFlag::kMissing) return reason_sentence(3);
  return name("Whoever sent the value marked it so.", "값을 보낸 쪽에서 그렇게 표시했습니다.");
}

}  // namespace madang::sensing
