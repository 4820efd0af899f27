
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <unordered_map>

#include "city/city.h"
#include "city/known_places.h"
#include "city/limits.h"
#include "city/rights_store.h"
#include "city/rules.h"
#include "city/secrets.h"
#include "city/sessions.h"
#include "city/throttle.h"
#include "runtime/log.h"
#include "runtime/metrics.h"
#include "runtime/mutex.h"
#include "runtime/refusal.h"
#include "runtime/snapshot.h"
#include "storage/records/transactions.h"
#include "storage/records/turn.h"
#include "storage/records/whole_reading.h"
#include "web/http/address.h"

namespace madang::city {
namespace {

/// Half of it and the time of one read stay far below the 2 s that the face promises.
constexpr Millis kLookEvery{500};
/// An unknown key may have been made a moment ago by another process; so many of them must not become a load.
constexpr Millis kLookAgainAfter{20};
constexpr std::string_view kKeyPrefix = "mdg_";
constexpr std::string_view kCsrfPurpose = "madang csrf token";

/// What every request needs, without I/O.
struct Known {
  std::unordered_map<std::string, web::Principal> keys;  ///< by hash of the key
  HeldGrants grants;
};

web::Principal principal_of(Key const& key, PartyId party, HeldGrants const& grants) {
  web::Principal principal;
  principal.party = party;
  if (auto const held = grants.find(party); held != grants.end()) principal.grants = held->second;
  principal.kind = web::Principal::Kind::kDevice;
  principal.key = key.id;
  principal.name = key.name;
  principal.things = key.things;
  return principal;
}

class CachedRights final : public Rights {
 public:
  CachedRights(storage::Records& records, runtime::Clock const& clock, modules::Permissions permissions, runtime::Metrics* metrics)
      : store_(records, machine_user()), clock_(clock), permissions_(std::move(permissions)), sessions_(store_, clock, kSessionsKnownMax),
        behind_keys_(behind_of(metrics, "keys")), behind_sessions_(behind_of(metrics, "sessions")) {}

  Result<void> start() {
    MADANG_CHECK(store_.migrate());
    MADANG_CHECK(sessions_.start());
    MADANG_CHECK(refresh());
    watcher_ = std::jthread([this](std::stop_token const& stop) { watch(stop); });
    return {};
  }

  Result<std::string> create_key(std::string name, std::vector<std::string> things, PartyId party) override {
    MADANG_CHECK(check_key(name, things));
    auto text = std::string{kKeyPrefix} + random_token();
    StoredKey key{{KeyId{}, std::move(name), std::move(things), clock_.now(), {}}, hash_of_token(text), party};
    MADANG_CHECK(store_.add_key(std::move(key)));
    show_changes();
    return text;
  }

  Result<std::vector<Key>> keys() override {
    MADANG_TRY(auto const stored, store_.keys());
    std::vector<Key> keys;
    keys.reserve(stored.size());
    for (auto const& each : stored) keys.push_back(each.key);
    return keys;
  }

  Result<void> revoke_key(std::string_view name) override {
    MADANG_CHECK(store_.revoke_key(name, clock_.now()));
    show_changes();
    return {};
  }

  Result<PartyId> create_operator(std::string login, std::string_view password, std::string_view role) override {
    MADANG_CHECK(check_login(login));
    MADANG_CHECK(check_password(password));
    MADANG_TRY(auto const hash, hash_of_password(password));
    MADANG_TRY(auto const party, store_.add_operator(login, hash, std::string{role}, clock_.now()));
    show_changes();
    return party;
  }

  Result<void> reset_operator(std::string_view login, std::string_view password) override {
    MADANG_CHECK(check_login(login));
    MADANG_CHECK(check_password(password));
    MADANG_TRY(auto const hash, hash_of_password(password));
    MADANG_CHECK(store_.set_password(std::string{login}, hash, clock_.now()));
    show_changes();
    return {};
  }

  Result<std::size_t> operator_count() override { return store_.operator_count(); }

  Result<Login> login(std::string_view login, std::string_view password, std::string_view remote_address) override {
    auto const now = clock_.now();
    auto const guesser = web::budget_key(remote_address);
    auto const name = login.substr(0, kLoginNameMax);
    if (!by_address_.try_once(guesser, now)) return runtime::refuse(Code::kOverloaded, "refusal.login.tries_here", {{"minutes", kTriesWait}});
    bool const is_known = known_places_.knows(name, guesser, now);
    if (!is_known && !by_login_.try_once(name, now)) {
      by_address_.forgive(guesser, now);
      return runtime::refuse(Code::kOverloaded, "refusal.login.tries", {{"minutes", kTriesWait}});
    }
    auto in = let_in(login, password, now);
    // Only a wrong guess counts: neither what this server could not look up, nor a success, which says nothing of others' guesses.
    if (in || in.error().code != Code::kUnauthorized) {
      by_address_.forgive(guesser, now);
      if (!is_known) by_login_.forgive(name, now);
    }
    if (in) known_places_.add(name, guesser, now);
    return in;
  }

  Result<void> logout(std::string_view session_token) override {
    MADANG_CHECK(store_.remove_login(hash_of_token(session_token), clock_.now()));
    show_changes();
    return {};
  }

  Result<web::Principal> principal_of_key(std::string_view key) override {
    auto const hash = hash_of_token(key);
    if (auto known = known_principal(hash)) return *std::move(known);
    MADANG_CHECK(look_again());
    if (auto known = known_principal(hash)) return *std::move(known);
    return fail(Code::kUnauthorized, "the key is unknown or revoked");
  }

  Result<web::Principal> principal_of_session(std::string_view token) override {
    MADANG_TRY(auto const session, sessions_.find(token));
    return person(session, token);
  }

  /// Keys and roles are read anew when the records' counter moved, and sessions forgotten that ended.
  Result<void> refresh() override {
    MADANG_CHECK(sessions_.catch_up());
    storage::Turn::Holder const turn(reading_, storage::CallDeadline::of_call());
    if (!turn.has_it()) return fail(Code::kOverloaded, "keys and roles were being read until the deadline");
    return read_keys_and_roles(LookTime::kOfCall);
  }

  void show_changes() override {
    if (auto const seen = refresh(); !seen) runtime::log_warning("rights", "change_seen_late", {{"error", seen.error().sentence}});
  }

 private:
  /// With the turn of reading_.
  Result<void> read_keys_and_roles(LookTime time, std::stop_token const& stop = {}) MADANG_REQUIRES(reading_) {
    MADANG_TRY(auto const version, store_.version());
    if (version == seen_version_) return {};
    std::optional<storage::WholeReading> whole;
    if (time == LookTime::kWhole) whole.emplace(stop);
    MADANG_TRY(auto const keys, store_.valid_keys());
    auto next = std::make_shared<Known>();
    MADANG_TRY(next->grants, store_.grants(permissions_));
    keep_unchanged(next->grants, known_.read()->grants, permissions_);
    for (auto const& [key, hash, party] : keys) next->keys.emplace(hash, principal_of(key, party, next->grants));
    known_.swap(std::move(next));
    seen_version_ = version;
    return {};
  }

  web::Principal person(Sessions::Session const& session, std::string_view token) const {
    web::Principal principal;
    principal.kind = web::Principal::Kind::kPerson;
    principal.party = session.party;
    principal.name = session.login;
    principal.csrf_token = derived_token(token, kCsrfPurpose);
    auto const known = known_.read();
    if (auto const held = known->grants.find(session.party); held != known->grants.end()) principal.grants = held->second;
    return principal;
  }

  std::optional<web::Principal> known_principal(std::string const& key_hash) const {
    auto const known = known_.read();
    auto const found = known->keys.find(key_hash);
    if (found == known->keys.end()) return std::nullopt;
    return found->second;
  }

  /// A network thread may wait here, with all its connections: not for long, whether the records are slow or another reads.
  Result<void> look_again() {
    {
      runtime::Lock const lock(looking_);
      auto const now = clock_.tick();
      if (now < asleep_until_) return fail(Code::kUnavailable, "keys cannot be looked up at the moment; try again soon");
      if (now - looked_again_ < kLookAgainAfter) return {};
      looked_again_ = now;
    }
    auto const looked = look_briefly();
    if (looked) return {};
    runtime::Lock const lock(looking_);
    asleep_until_ = clock_.tick() + kKeysPause;
    return fail(Code::kUnavailable, "keys cannot be looked up at the moment: " + looked.error().sentence);
  }

  Result<void> look_briefly() {
    storage::CallDeadline const soon(kKeyLookUpMax);
    storage::Turn::Holder const turn(reading_, storage::CallDeadline::of_call());
    if (!turn.has_it()) return fail(Code::kUnavailable, "they are being read");
    return read_keys_and_roles(LookTime::kOfCall);
  }

  Result<Login> let_in(std::string_view login, std::string_view password, Instant now) {
    MADANG_TRY(auto const who, verified(login, password));
    Login result;
    result.session_token = random_token();
    StoredLogin const stored{hash_of_token(result.session_token), who.party, std::string{login}, now + kSessionLength};
    MADANG_TRY(bool const is_in, store_.add_login(stored, who.password_hash, now));
    if (!is_in) return wrong_login();
    result.principal = person({who.party, stored.login, stored.expires_at}, result.session_token);
    return result;
  }

  static constexpr auto kTriesWait = std::chrono::floor<std::chrono::minutes>(kLoginWindow).count();
  static std::unexpected<Error> wrong_login() { return runtime::refuse(Code::kUnauthorized, "refusal.login.wrong"); }

  Result<StoredOperator> verified(std::string_view login, std::string_view password) {
    if (!check_login(login) || password.size() > kPasswordMax) return wrong_login();
    MADANG_TRY(auto const found, store_.find_operator(std::string{login}));
    if (!found) {
      pretend_to_check(password);
      return wrong_login();
    }
    if (!password_matches(password, found->password_hash)) return wrong_login();
    return *found;
  }

  /// Another process may make and revoke keys. While the records do not answer, what is known stays valid.
  void watch(std::stop_token const& stop) {
    runtime::Mutex mutex;
    runtime::StoppableCondition wake;
    while (!stop.stop_requested()) {
      {
        runtime::Lock lock(mutex);
        wake.wait_for(lock, stop, kLookEvery, [] { return false; });
      }
      if (stop.stop_requested()) return;
      auto const keys = look_at_keys(stop);
      if (stop.stop_requested()) return;
      note_look(behind_keys_, "keys_not_read", keys);
      auto const sessions = look_at_sessions(stop);
      if (stop.stop_requested()) return;
      note_look(behind_sessions_, "session_ends_not_read", sessions);
    }
  }

  // Once the records answer, a look has the time that reading all of it takes: with less a revoked key would be valid for as long as there
  // are many. Who stops the server does not wait for that. Neither look waits for the other's success.
  Result<void> look_at_keys(std::stop_token const& stop) {
    storage::CallDeadline const brief(kKeysWatchMax);
    storage::Turn::Holder const turn(reading_, storage::CallDeadline::of_call());
    if (!turn.has_it()) return fail(Code::kOverloaded, "keys and roles were being read until the deadline");
    return read_keys_and_roles(LookTime::kWhole, stop);
  }

  Result<void> look_at_sessions(std::stop_token const& stop) {
    storage::CallDeadline const brief(kKeysWatchMax);
    return sessions_.catch_up(LookTime::kWhole, stop);
  }

  /// Since when one of the two is not known to be as the records say.
  struct Behind {
    prometheus::Gauge* seconds = nullptr;
    std::optional<Tick> since = {};
  };

  void note_look(Behind& behind, std::string_view event, Result<void> const& looked) {
    auto const now = clock_.tick();
    if (!looked && !behind.since) runtime::log_warning("rights", event, {{"error", looked.error().sentence}});
    if (looked && behind.since) runtime::log_info("rights", "seen_again", {{"after", event}});
    behind.since = looked ? std::nullopt : std::optional{behind.since.value_or(now)};
    if (behind.seconds != nullptr) behind.seconds->Set(behind.since ? std::chrono::duration<double>(now - *behind.since).count() : 0);
  }

  static Behind behind_of(runtime::Metrics* metrics, std::string const& what) {
    if (metrics == nullptr) return {};
    return {&metrics->gauge("madang_city_rights_behind_seconds",
                            "Since when it cannot be read what others changed of keys and roles, or of sessions; 0: it is known.", {{"of", what}})};
  }

  RightsStore store_;
  runtime::Clock const& clock_;
  modules::Permissions const permissions_;
  Sessions sessions_;
  Throttle by_address_{{kLoginTriesMax, kLoginWindow, kLoginAddressesMax}};
  Throttle by_login_{{kTriesOfOneLoginMax, kLoginWindow, kLoginAddressesMax}};
  KnownPlaces known_places_{kLoginAddressesMax, kLoginPlaceKept};
  runtime::Snapshot<Known> known_;
  storage::Turn reading_;           ///< whose turn it is writes the next one
  std::int64_t seen_version_ MADANG_GUARDED_BY(reading_) = 0;
  runtime::Mutex looking_;
  Tick looked_again_ MADANG_GUARDED_BY(looking_){};  ///< for an unknown key
  Tick asleep_until_ MADANG_GUARDED_BY(looking_){};
  Behind behind_keys_;              ///< the watcher's, as is the next
  Behind behind_sessions_;
  std::jthread watcher_;            ///< last: stops before what it uses goes
};

}  // namespace

Result<std::unique_ptr<Rights>> Rights::open(storage::Records& records, runtime::Clock const& clock, modules::Permissions permissions,
                                             runtime::Metrics* metrics) {
  auto rights = std::make_unique<CachedRights>(records, clock, std::move(permissions), metrics);
  MADANG_CHECK(rights->start());
  return rights;
}

}  // namespace madang::city
