// Open sessions, each used by one thread at a time. A session that was lost is made again by who needs it next, and a database that starts
// again is waited for.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "runtime/mutex.h"

namespace soci {
class session;
}

namespace madang::storage {

class SessionPool {
 public:
  using Open = std::function<std::unique_ptr<soci::session>()>;  ///< throws what SOCI throws

  class Lease {
   public:
    Lease(SessionPool& pool, std::unique_ptr<soci::session> session);
    ~Lease();
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&&) = delete;
    soci::session& operator*() const { return *session_; }

   private:
    SessionPool* pool_;
    std::unique_ptr<soci::session> session_;
  };

  /// Opens all at once.
  Result<void> fill(Open open, std::size_t sessions);

  /// kOverloaded: all were in use until the deadline; kUnavailable: the database does not answer.
  Result<Lease> take(Tick deadline);

 private:
  Result<std::unique_ptr<soci::session>> reopened(Tick deadline);
  void give_back(std::unique_ptr<soci::session> session);

  Open open_;
  runtime::Mutex mutex_;
  runtime::Condition free_again_;
  std::vector<std::unique_ptr<soci::session>> free_ MADANG_GUARDED_BY(mutex_);  ///< an empty one stands for a session that must be opened
  std::optional<Tick> unreachable_since_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::storage
