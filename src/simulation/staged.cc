#include "simulation/staged.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "core/text.h"

namespace madang::simulation {
namespace {

constexpr double kMillisOfMinute = 60'000;
constexpr double kMillisPerSecond = 1'000;
constexpr double kMinutesMin = 0.1;
/// A fire in a street block: wide enough that the stations around notice it, not only one that stands down-wind.
constexpr double kPlumeRadius = 0.6;
constexpr double kCrowdRadius = 0.4;
constexpr double kFireRadius = 0.2;

struct Staging {
  std::string_view word;
  HappeningKind kind;
  double size_min;
  double size_max;
  double radius;  // km
};
constexpr std::array kStagings{Staging{"plume", HappeningKind::kPlume, 1, 1'000, kPlumeRadius},
                               Staging{"noise", HappeningKind::kLoud, 40, 120, 0},
                               Staging{"crowd", HappeningKind::kCrowd, 1, 50'000, kCrowdRadius},
                               Staging{"fire", HappeningKind::kFire, 0.5, 100, kFireRadius}};

Staging const& staging_of(HappeningKind kind) {
  return *std::ranges::find(kStagings, kind, &Staging::kind);
}

Result<double> number_of(std::string_view text, std::string_view what, double low, double high) {
  auto const number = parse_double(text);
  // Written this way round so that NaN is refused as well.
  if (!number || !(*number >= low && *number <= high)) {
    return fail(Code::kInvalid, fmt::format("{} is '{}', not a number from {} to {}", what, text, low, high));
  }
  return *number;
}

Result<LatLon> place_of(std::string_view text) {
  auto const parts = split(text, ',');
  if (parts.size() != 2) return fail(Code::kInvalid, fmt::format("the place is '{}', not LATITUDE,LONGITUDE", text));
  MADANG_TRY(auto const latitude, number_of(parts[0], "the latitude", -90, 90));
  MADANG_TRY(auto const longitude, number_of(parts[1], "the longitude", -180, 180));
  return LatLon{latitude, longitude};
}

Node const& nearest_node(CityPlan const& plan, Point place) {
  return *std::ranges::min_element(plan.nodes, {}, [&](Node const& node) { return distance(node.place, place); });
}

Millis millis(double amount, double each) { return Millis{std::llround(amount * each)}; }

Result<StagedHappening> parse_parts(std::vector<std::string_view> const& parts) {
  if (parts.size() < 4 || parts.size() > 5) {
    return fail(Code::kInvalid, "it must be KIND:LATITUDE,LONGITUDE:SIZE:MINUTES or the same with :DELAY_SECONDS");
  }
  auto const staging = std::ranges::find(kStagings, parts[0], &Staging::word);
  if (staging == kStagings.end()) {
    return fail(Code::kInvalid, fmt::format("the kind is '{}', not plume, noise, crowd or fire", parts[0]));
  }
  StagedHappening staged;
  staged.kind = staging->kind;
  MADANG_TRY(staged.place, place_of(parts[1]));
  auto const size_name = fmt::format("the size ({})", unit_of(staging->kind));
  MADANG_TRY(staged.size, number_of(parts[2], size_name, staging->size_min, staging->size_max));
  double const minutes_max = static_cast<double>(kStagedLengthMax.count()) / kMillisOfMinute;
  MADANG_TRY(auto const minutes, number_of(parts[3], "the length in minutes", kMinutesMin, minutes_max));
  staged.length = millis(minutes, kMillisOfMinute);
  if (parts.size() == 5) {
    double const seconds_max = static_cast<double>(kStagedDelayMax.count()) / kMillisPerSecond;
    MADANG_TRY(auto const seconds, number_of(parts[4], "the delay in seconds", 0, seconds_max));
    staged.delay = millis(seconds, kMillisPerSecond);
  }
  return staged;
}

}  // namespace

Result<StagedHappening> parse_staged(std::string_view text) {
  auto parsed = parse_parts(split(text, ':'));
  if (!parsed) return fail(Code::kInvalid, fmt::format("happening '{}': {}", text, parsed.error().sentence));
  return parsed;
}

Result<void> check_staged(CityPlan const& plan, std::span<StagedHappening const> staged) {
  if (staged.size() > kStagedMax) {
    return fail(Code::kInvalid, fmt::format("happening: {} are more than {}", staged.size(), kStagedMax));
  }
  for (auto const& one : staged) {
    Point const place = in_plane(one.place);
    Node const& nearest = nearest_node(plan, place);
    double const km = distance(nearest.place, place);
    if (km <= kStagedReach) continue;
    return fail(Code::kInvalid,
                fmt::format("happening: {},{} is {:.1f} km from the nearest station, {} at {},{}; nobody would notice it "
                            "beyond {} km",
                            one.place.latitude, one.place.longitude, km, nearest.serial, nearest.position.latitude,
                            nearest.position.longitude, kStagedReach));
  }
  return {};
}

Happening happening_of(StagedHappening const& staged, Interval when, std::int64_t number) {
  return {.kind = staged.kind, .number = number, .place = in_plane(staged.place), .when = when, .size = staged.size,
          .radius = staging_of(staged.kind).radius, .staged = true};
}

std::string sentence_of(CityPlan const& plan, Happening const& happening, Interval when) {
  Node const& nearest = nearest_node(plan, happening.place);
  auto const around = std::ranges::count_if(
      plan.nodes, [&](Node const& node) { return distance(node.place, happening.place) <= 1; });
  LatLon const place = on_earth(happening.place);
  return fmt::format("{} of {} {} at {:.5f},{:.5f} from {} to {}; nearest station {} at {:.0f} m, {} stations within 1 km",
                     staging_of(happening.kind).word, happening.size, unit_of(happening.kind), place.latitude,
                     place.longitude, format_instant(when.from), format_instant(when.to), nearest.serial,
                     distance(nearest.place, happening.place) * 1000, around);
}

}  // namespace madang::simulation
