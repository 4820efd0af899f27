#include "storage/observations/memory_log.h"

#include <iterator>
#include <optional>

namespace madang::storage {
namespace {

/// Whether who follows goes on with the next entry.
bool goes_on(Result<Appended> const& applied) {
  return applied || applied.error().code == Code::kInvalid || applied.error().code == Code::kLimit;
}

}  // namespace

class MemoryLog::One final : public Following {
 public:
  One(MemoryLog& log, std::list<Apply>::iterator place) : log_(log), place_(place) {}
  One(One const&) = delete;
  One& operator=(One const&) = delete;
  ~One() override {
    runtime::Lock const lock(log_.mutex_);
    log_.followers_.erase(place_);
  }

 private:
  MemoryLog& log_;
  std::list<Apply>::iterator place_;
};

Result<Appended> MemoryLog::append(Batch const& batch) {
  runtime::Lock const lock(mutex_);
  std::optional<Result<Appended>> answer;
  for (auto& apply : followers_) {
    if (!apply) continue;
    if (!answer) entries_.push_back(batch);
    auto applied = apply(batch, Position{entries_.size()});
    if (!goes_on(applied)) apply = {};
    if (!answer) answer = std::move(applied);
  }
  if (!answer) return fail(Code::kUnavailable, "readings: no store takes them in");
  return *std::move(answer);
}

Result<std::unique_ptr<ReadingLog::Following>> MemoryLog::follow(Position after, Apply apply) {
  runtime::Lock const lock(mutex_);
  for (std::size_t i = after.value; i < entries_.size(); ++i) {
    auto const applied = apply(entries_[i], Position{i + 1});
    if (!goes_on(applied)) return fail(applied.error());
  }
  followers_.push_back(std::move(apply));
  return std::make_unique<One>(*this, std::prev(followers_.end()));
}

Position MemoryLog::end() {
  runtime::Lock const lock(mutex_);
  return {entries_.size()};
}

}  // namespace madang::storage
