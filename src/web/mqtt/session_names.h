// Who is connected under which name, and who waits for the last will of whom. A name is taken over at once; what comes then waits until
// nothing holds the name for those before, whichever network thread they were on.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/mutex.h"
#include "web/mqtt/forwarded.h"
#include "web/net/mailbox.h"

namespace madang::web::mqtt {

using Mailboxes = std::vector<std::shared_ptr<net::Mailbox<Letter>>>;

/// Thread-safe. Holds may outlive it, as letters do.
class SessionNames : public std::enable_shared_from_this<SessionNames> {
 public:
  /// Before the first connection: one per network thread, in the order of Address::thread.
  void set_mailboxes(Mailboxes mailboxes) { mailboxes_ = std::move(mailboxes); }

  struct Taken {
    NameHold hold;
    bool has_former = false;  ///< a FormerEnded comes when nothing holds the name for those before
  };
  /// From now on `name` is this connection's. Who has it is evicted.
  [[nodiscard]] Taken take(std::string const& name, Address address);

 private:
  struct Holder {
    std::string name;
    bool is_held = true;
    bool awaits_former = false;
    std::optional<Address> successor;  ///< nobody: the name is this one's
  };

  void release(Address address);
  void tell_that_former_ended(Address successor);

  Mailboxes mailboxes_;
  runtime::Mutex mutex_;
  std::unordered_map<std::string, Address> current_ MADANG_GUARDED_BY(mutex_);
  std::unordered_map<Address, Holder, HashOfAddress> holders_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::web::mqtt
