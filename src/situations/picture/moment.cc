#include "situations/picture/moment.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace madang::situations {
namespace {

/// A stream that is silent for longer said nothing at that moment.
constexpr Millis kNear = std::chrono::minutes{15};

bool is_usable(EvidenceValue const& v) {
  return std::isfinite(v.value) && v.flag != QualityFlag::kFail && v.flag != QualityFlag::kMissing;
}

bool same_quantity(EvidenceStream const& a, EvidenceStream const& b) { return a.channel == b.channel && a.unit == b.unit; }

/// The streams that decide the moment: of the cause, else of whoever has values, all in one channel and unit.
EvidenceStream const* leading(Evidence const& evidence) {
  auto const has_values = [](EvidenceStream const& s) { return std::ranges::any_of(s.values, is_usable); };
  auto const cause = std::ranges::find_if(evidence.streams, [&](EvidenceStream const& s) {
    return role_of(s) == Role::kCause && has_values(s);
  });
  if (cause != evidence.streams.end()) return &*cause;
  auto const any = std::ranges::find_if(evidence.streams, has_values);
  return any == evidence.streams.end() ? nullptr : &*any;
}

EvidenceValue const* value_at(EvidenceStream const& stream, Instant moment) {
  EvidenceValue const* nearest = nullptr;
  for (auto const& v : stream.values) {
    auto const away = std::chrono::abs(v.time - moment);
    if (!is_usable(v) || away > kNear) continue;
    if (nearest == nullptr || away < std::chrono::abs(nearest->time - moment)) nearest = &v;
  }
  return nearest;
}

/// Before it began, the values were of something else, unless there are no others.
Instant first_of(Evidence const& evidence, EvidenceStream const& first, Instant since) {
  auto const counts = [&](EvidenceValue const& v) { return is_usable(v) && v.time >= since; };
  bool const any = std::ranges::any_of(evidence.streams, [&](EvidenceStream const& s) {
    return s.role == first.role && same_quantity(s, first) && std::ranges::any_of(s.values, counts);
  });
  return any ? since : Instant::min();
}

}  // namespace

Role role_of(EvidenceStream const& stream) {
  if (stream.role == "cause") return Role::kCause;
  return stream.role == "neighbour" ? Role::kNeighbour : Role::kOther;
}

bool is_of_the_city(EvidenceStream const& stream) { return stream.role == "city" && !stream.place; }

bool Shown::has_expected() const {
  // A detector writes the median itself as what it expects of the city.
  return stream != nullptr && std::isfinite(stream->expected) && !is_of_the_city(*stream);
}

double Shown::excess() const {
  if (value == nullptr) return 0;
  return has_expected() ? std::abs(value->value - stream->expected) : value->value;
}

bool Shown::is_doubtful() const { return value != nullptr && value->flag == QualityFlag::kSuspect; }

EvidenceMoment worst_moment(Evidence const& evidence, Instant since) {
  EvidenceMoment out;
  if (auto const* const first = leading(evidence)) {
    auto const begin = first_of(evidence, *first, since);
    for (auto const& stream : evidence.streams) {
      if (stream.role != first->role || !same_quantity(stream, *first)) continue;
      for (auto const& value : stream.values) {
        Shown const shown{&stream, &value, true};
        if (!is_usable(value) || value.time < begin) continue;
        auto const* const worst = out.worst.value;
        // Of the same value the first, as the sentence of the warning says it.
        if (worst == nullptr || value.value > worst->value || (value.value == worst->value && value.time < worst->time)) out.worst = shown;
      }
    }
    out.at = out.worst.value->time;
  }
  for (auto const& stream : evidence.streams) {
    Shown const shown{&stream, out.at ? value_at(stream, *out.at) : nullptr,
                      out.at && same_quantity(stream, *out.worst.stream)};
    if (!is_of_the_city(stream))
      out.streams.push_back(shown);
    else if (!out.city && shown.value != nullptr && shown.leading)
      out.city = shown;
  }
  return out;
}

}  // namespace madang::situations
