#include "web/mqtt/rights_watch.h"

#include <utility>
#include <vector>

namespace madang::web::mqtt {
namespace {

/// What somebody holds is never changed in its place, so other grants are another object.
bool is_same(Principal const& a, Principal const& b) {
  return a.kind == b.kind && a.key == b.key && a.party == b.party && a.name == b.name && a.things == b.things && a.grants == b.grants;
}

}  // namespace

RightsWatch::RightsWatch(Needs needs, std::chrono::milliseconds every)
    : needs_(needs), every_(every), thread_([this](std::stop_token const& stop) { run(stop); }) {}

void RightsWatch::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void RightsWatch::add(Address address, Shown shown, Principal const& who) {
  auto connected = std::make_shared<Connected const>(Connected{address, std::move(shown), who});
  runtime::Lock const lock(mutex_);
  connected_.insert_or_assign(address, std::move(connected));
}

void RightsWatch::remove(Address address) {
  runtime::Lock const lock(mutex_);
  connected_.erase(address);
}

void RightsWatch::run(std::stop_token const& stop) {
  std::vector<std::shared_ptr<Connected const>> all;
  while (!stop.stop_requested()) {
    {
      runtime::Lock lock(mutex_);
      wake_.wait_for(lock, stop, every_, [] { return false; });
      for (auto const& [address, connected] : connected_) all.push_back(connected);
    }
    for (auto const& connected : all) {
      if (stop.stop_requested()) return;
      if (auto why = ended(*connected)) needs_.hub.revoke(connected->address, *std::move(why));
    }
    all.clear();
  }
}

std::optional<std::string> RightsWatch::ended(Connected const& connected) {
  auto const& shown = connected.shown;
  if (shown.certificate.ends_at && *shown.certificate.ends_at <= needs_.clock.now()) return "the client's certificate has expired";
  auto const who = needs_.handler.authenticate(shown.username, shown.password, shown.certificate.name);
  if (!who) {
    bool const is_answer = who.error().code == Code::kUnauthorized || who.error().code == Code::kForbidden;
    return is_answer ? std::optional{who.error().sentence} : std::nullopt;
  }
  if (is_same(*who, connected.who)) return std::nullopt;
  return "what this client may do has changed; it may connect again";
}

}  // namespace madang::web::mqtt
