#include "city/model.h"

namespace madang::city {

std::string const& Name::in(std::string_view language) const {
  static std::string const kEmpty;
  for (auto const wanted : {language, std::string_view{"en"}}) {
    for (auto const& [tag, text] : by_language) {
      if (tag == wanted) return text;
    }
  }
  return by_language.empty() ? kEmpty : by_language.begin()->second;
}

Name simple_monitor_notice(std::string_view grade) {
  auto const korean = grade.empty() ? std::string{"없음"} : std::string{grade} + "등급";
  auto const english = grade.empty() ? std::string{"none"} : "grade " + std::string{grade};
  return Name{{{"ko", "간이측정기로 측정한 값(성능인증 등급: " + korean +
                          ")이며 국가 대기오염측정망의 공식 자료가 아닙니다."},
               {"en", "Measured with a simple monitor (performance certification: " + english +
                          "); not official data of the national air-quality network."}}};
}

Name simulated_notice() {
  return Name{{{"ko", "모의 데이터입니다. 마당이 계산한 값이며 실제로 측정한 값이 아닙니다."},
               {"en", "Simulated data: computed by Madang, not measured anywhere."}}};
}

}  // namespace madang::city
