// For tests: Situations that remember what was raised and cleared, in memory.
#pragma once

#include <functional>
#include <map>
#include <mutex>

#include "situations/situations.h"

namespace madang::sensing::warning {

class RecordedSituations final : public situations::Situations {
 public:
  using Ptr = situations::SituationPtr;
  using Actor = situations::Actor;

  /// Called with each that is raised, by who raises it.
  std::function<void(situations::Signal const&)> on_raise = {};

  Result<SituationId> raise(situations::Signal signal) override {
    if (on_raise) on_raise(signal);
    std::lock_guard const lock(mutex_);
    raised_.push_back(signal);
    auto& open = open_[signal.key];
    auto situation = std::make_shared<situations::Situation>();
    situation->id = open ? open->id : SituationId{static_cast<std::int64_t>(raised_.size())};
    situation->signal = std::move(signal);
    open = situation;
    return situation->id;
  }
  Result<SituationId> report(situations::Signal, Actor const&, MayChange const&) override { return fail(Code::kUnsupported, "nobody reports to these"); }
  Result<void> clear(std::string_view, std::string_view key) override {
    std::lock_guard const lock(mutex_);
    cleared_.emplace_back(key);
    open_.erase(std::string(key));
    return {};
  }
  Result<void> end(std::string_view, std::string_view key, situations::End why) override {
    std::lock_guard const lock(mutex_);
    ended_.emplace_back(key, why);
    open_.erase(std::string(key));
    return {};
  }
  [[nodiscard]] std::vector<Ptr> settled_of(std::string_view) const override { return {}; }
  [[nodiscard]] std::vector<Ptr> open_of(std::string_view) const override {
    std::lock_guard const lock(mutex_);
    std::vector<Ptr> all;
    for (auto const& [key, situation] : open_) all.push_back(situation);
    return all;
  }
  [[nodiscard]] std::vector<situations::Signal> raised() const {
    std::lock_guard const lock(mutex_);
    return raised_;
  }
  [[nodiscard]] std::vector<std::string> cleared() const {
    std::lock_guard const lock(mutex_);
    return cleared_;
  }

  [[nodiscard]] std::vector<std::pair<std::string, situations::End>> ended() const {
    std::lock_guard const lock(mutex_);
    return ended_;
  }

  // Nobody works on them here.
  Result<Ptr> acknowledge(SituationId, Actor const&) override { return none(); }
  Result<Ptr> act(SituationId, Actor const&, std::string) override { return none(); }
  Result<Ptr> assign(SituationId, Actor const&, Actor const&) override { return none(); }
  Result<Ptr> note(SituationId, Actor const&, std::string) override { return none(); }
  Result<Ptr> resolve(SituationId, Actor const&, std::string) override { return none(); }
  Result<Ptr> dismiss(SituationId, Actor const&, std::string) override { return none(); }
  Result<situations::Silence> silence(situations::Silence) override { return fail(Code::kUnsupported, "no silences"); }
  Result<void> end_silence(std::int64_t, Actor const&) override { return fail(Code::kUnsupported, "no silences"); }
  [[nodiscard]] std::vector<situations::Silence> silences() const override { return {}; }
  Result<std::vector<Ptr>> list(situations::ListQuery const&) override { return open_of({}); }
  Result<Ptr> find(SituationId) override { return none(); }
  Result<std::vector<situations::Entry>> timeline(SituationId) override { return std::vector<situations::Entry>{}; }
  Result<std::vector<Ptr>> open_at(Instant) override { return fail(Code::kUnsupported, "nobody looks back at these"); }
  Result<void> tick() override { return {}; }
  void listen(Listener) override {}
  void add_transaction_hook(TransactionHook) override {}

 private:
  static std::unexpected<Error> none() { return fail(Code::kUnsupported, "nobody works on these"); }

  mutable std::mutex mutex_;
  std::map<std::string, Ptr> open_;
  std::vector<situations::Signal> raised_;
  std::vector<std::string> cleared_;
  std::vector<std::pair<std::string, situations::End>> ended_;
};

}  // namespace madang::sensing::warning
