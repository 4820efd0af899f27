// Logins of people: all lie in the records, those that were asked for lately also in a bounded cache. One that ends before
// its time is forgotten at once here, and within kSessionsLookEvery by other servers on the same records.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>

#include "city/rights_store.h"
#include "runtime/clock.h"
#include "runtime/mutex.h"
#include "storage/records/turn.h"

namespace madang::city {

/// How long who looks at what others changed may take.
enum class LookTime : std::uint8_t {
  kOfCall,
  kWhole,  ///< once the records have answered that there is something, as long as reading it takes
};

/// Thread-safe.
class Sessions {
 public:
  struct Session {
    PartyId party;
    std::string login;
    Instant expires_at;
  };

  Sessions(RightsStore& store, runtime::Clock const& clock, std::size_t known_max) : store_(store), clock_(clock), half_(known_max / 2) {}

  /// Before the first find: what ends from now on is heard of.
  Result<void> start();
  /// From memory, or one row of the records. kUnauthorized: unknown or over; kUnavailable: the records do not answer, and
  /// are not asked again for kSessionsPause.
  Result<Session> find(std::string_view token);
  /// Forgets what ended since the last call, in whichever process. kWhole: not with the deadline of a caller who is in a hurry, but no longer
  /// than until a stop.
  Result<void> catch_up(LookTime time = LookTime::kOfCall, std::stop_token const& stop = {});
  /// Cached at the moment.
  [[nodiscard]] std::size_t known() const;

 private:
  using Hash = std::array<unsigned char, 32>;
  struct HashOfHash {
    std::size_t operator()(Hash const& hash) const noexcept;
  };
  using Cache = std::unordered_map<Hash, Session, HashOfHash>;

  std::optional<Session> cached(Hash const& hash);
  bool is_known_stranger(Hash const& hash);
  void keep(Hash const& hash, Session const& session, std::uint64_t asked_in);
  void keep_stranger(Hash const& hash);
  Result<Session> ask(std::string const& text, Hash const& hash);
  void forget_all();

  RightsStore& store_;
  runtime::Clock const& clock_;
  std::size_t const half_;

  mutable runtime::Mutex mutex_;
  // Two generations: when the young one is full, it becomes the old one, and who is not asked for again goes with it.
  Cache young_ MADANG_GUARDED_BY(mutex_);
  Cache old_ MADANG_GUARDED_BY(mutex_);
  std::unordered_map<Hash, bool, HashOfHash> strangers_ MADANG_GUARDED_BY(mutex_);
  std::uint64_t epoch_ MADANG_GUARDED_BY(mutex_) = 0;  ///< counts ends: what was read before one must not be kept after it
  Tick asleep_until_ MADANG_GUARDED_BY(mutex_){};

  storage::Turn catching_up_;  ///< with the caller's deadline, for the records may hang meanwhile
  std::int64_t seen_end_ MADANG_GUARDED_BY(catching_up_) = 0;
  Tick caught_up_ MADANG_GUARDED_BY(catching_up_){};
};

}  // namespace madang::city
