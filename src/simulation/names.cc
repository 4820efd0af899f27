#include "simulation/names.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/error.h"
#include "simulation/noise.h"

namespace madang::simulation {
namespace {

struct Part {
  std::string_view en;
  std::string_view ko;
};

// First parts end in a vowel, n, m or ng, and second parts begin with a consonant that does not change after
// those, so the romanised halves can simply be joined.
constexpr std::array kFirst{
    Part{"Sae", "새"},    Part{"Han", "한"},  Part{"Eun", "은"},   Part{"Cham", "참"}, Part{"Bom", "봄"},
    Part{"Saem", "샘"},   Part{"Bam", "밤"},  Part{"Cheong", "청"}, Part{"Mae", "매"},  Part{"Mi", "미"},
    Part{"Da", "다"},     Part{"Na", "나"},   Part{"Ga", "가"},    Part{"Go", "고"},   Part{"So", "소"},
    Part{"Yeon", "연"},   Part{"An", "안"},   Part{"Dan", "단"},   Part{"On", "온"},   Part{"Ha", "하"},
    Part{"Ba", "바"},     Part{"Dong", "동"}, Part{"Yeong", "영"}, Part{"Byeo", "벼"}, Part{"Geun", "근"},
};
constexpr std::array kSecond{
    Part{"sol", "솔"},   Part{"deul", "들"}, Part{"gol", "골"},   Part{"nae", "내"},   Part{"bit", "빛"},
    Part{"maru", "마루"}, Part{"nuri", "누리"}, Part{"jae", "재"},  Part{"beol", "벌"},  Part{"sup", "숲"},
    Part{"sil", "실"},   Part{"gyeol", "결"}, Part{"haneul", "하늘"}, Part{"dam", "담"},  Part{"baram", "바람"},
    Part{"mok", "목"},   Part{"teo", "터"},  Part{"sori", "소리"}, Part{"narae", "나래"}, Part{"gil", "길"},
};
// Joined words that are well-known places of real cities, or the same as a district's word.
constexpr std::array<std::string_view, 8> kLeftOut{"청담", "안산", "한빛", "단골", "매실", "고담", "가재", "미담"};

std::vector<Names> all_place_words() {
  std::vector<Names> words;
  for (auto const& first : kFirst) {
    for (auto const& second : kSecond) {
      Names name{std::string(first.en) + std::string(second.en), std::string(first.ko) + std::string(second.ko)};
      if (std::ranges::find(kLeftOut, name.ko) == kLeftOut.end()) words.push_back(std::move(name));
    }
  }
  return words;
}

}  // namespace

Names city_name() { return {"Yeoul (simulated city)", "여울시(모의 도시)"}; }
Names river_name() { return {"Eungyeol River", "은결강"}; }

city::Name name_of(Names const& names) { return {{{"en", names.en}, {"ko", names.ko}}}; }

void write_names(JsonWriter& json, Names const& names) { city::write_name(json, name_of(names)); }

std::vector<Names> const& district_words() {
  static std::vector<Names> const kWords = {
      {"Hanbit", "한빛"},   {"Saerom", "새롬"},     {"Gaon", "가온"},       {"Nuri", "누리"},     {"Dasom", "다솜"},
      {"Mireu", "미르"},    {"Cheongsol", "청솔"},  {"Dalbit", "달빛"},     {"Yunseul", "윤슬"},  {"Mirinae", "미리내"},
      {"Haeoreum", "해오름"}, {"Neoul", "너울"},     {"Garam", "가람"},      {"Onsae", "온새"},    {"Neulbom", "늘봄"},
      {"Haneul", "하늘"},   {"Chorong", "초롱"},    {"Danbi", "단비"},      {"Goun", "고운"},     {"Areum", "아름"},
      {"Pureum", "푸름"},   {"Boram", "보람"},      {"Narae", "나래"},      {"Dodam", "도담"},    {"Chamsaem", "참샘"},
  };
  return kWords;
}

std::vector<Names> place_words(std::uint64_t seed, std::size_t count) {
  std::vector<Names> words = all_place_words();
  MADANG_ASSERT(count <= words.size());
  std::uint64_t const key = key_of(seed, 0x4E41);
  for (std::size_t i = words.size(); i > 1; --i) {
    std::swap(words[i - 1], words[at(key, static_cast<std::int64_t>(i)) % i]);
  }
  words.resize(count);
  return words;
}

}  // namespace madang::simulation
