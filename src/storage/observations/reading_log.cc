#include "storage/observations/reading_log.h"

namespace madang::storage {

class LocalLog::One final : public Following {
 public:
  explicit One(LocalLog& log) : log_(log) {}
  One(One const&) = delete;
  One& operator=(One const&) = delete;
  ~One() override {
    runtime::Lock const lock(log_.mutex_);
    log_.apply_ = {};
  }

 private:
  LocalLog& log_;
};

Result<Appended> LocalLog::append(Batch const& batch) {
  runtime::Lock const lock(mutex_);
  if (!apply_) return fail(Code::kUnavailable, "readings: no store takes them in");
  return apply_(batch, Position{});
}

Result<std::unique_ptr<ReadingLog::Following>> LocalLog::follow(Position, Apply apply) {
  runtime::Lock const lock(mutex_);
  if (apply_) return fail(Code::kUnsupported, "readings: a store takes them in already, and there is no log that two could follow");
  apply_ = std::move(apply);
  return std::make_unique<One>(*this);
}

}  // namespace madang::storage
