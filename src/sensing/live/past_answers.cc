#include "sensing/live/past_answers.h"

#include <algorithm>
#include <utility>

namespace madang::sensing {

Result<PastAnswers::Answer> PastAnswers::get(std::string_view channel, Instant at, std::uint64_t version, Compute const& compute) {
  if (auto known = find(channel, at, version)) return known;
  MADANG_TRY(auto found, compute());
  auto answer = std::make_shared<QuantityNow const>(std::move(found));
  keep({.channel = std::string{channel}, .at = at, .version = version, .since = clock_.tick(), .answer = answer});
  return answer;
}

PastAnswers::Answer PastAnswers::find(std::string_view channel, Instant at, std::uint64_t version) {
  runtime::Lock const lock(mutex_);
  auto const now = clock_.tick();
  while (!kept_.empty() && now - kept_.back().since >= kPastAnswersAge) {
    stations_ -= kept_.back().answer->values.size();
    kept_.pop_back();
  }
  auto const known = place_of(channel, at, version);
  return known == kept_.end() ? Answer{} : known->answer;
}

bool PastAnswers::knows(std::string_view channel, Instant at, std::uint64_t version) const {
  runtime::Lock const lock(mutex_);
  auto const known = place_of(channel, at, version);
  return known != kept_.end() && clock_.tick() - known->since < kPastAnswersAge - kPastTurnMax;
}

std::list<PastAnswers::Entry>::const_iterator PastAnswers::place_of(std::string_view channel, Instant at, std::uint64_t version) const {
  return std::ranges::find_if(kept_, [&](Entry const& each) {
    return each.at == at && each.version == version && each.channel == channel;
  });
}

void PastAnswers::keep(Entry entry) {
  runtime::Lock const lock(mutex_);
  stations_ += entry.answer->values.size();
  kept_.push_front(std::move(entry));
  while (kept_.size() > 1 && (kept_.size() > kPastAnswersMax || stations_ > stations_max_)) {
    stations_ -= kept_.back().answer->values.size();
    kept_.pop_back();
  }
}

}  // namespace madang::sensing
