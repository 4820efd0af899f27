// A line to PostgreSQL on which what a test wants goes wrong: the answer of a COMMIT is lost, a COMMIT never arrives, nothing is answered.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace madang::contract {

/// Listens on a unix socket of its own and passes on to the server's. Threads: one for each connection.
class UnreliableLine {
 public:
  enum class Fault {
    kNone,
    kLoseCommit,          ///< the next COMMIT does not arrive, and the connection ends
    kLoseAnswerOfCommit,  ///< the next COMMIT arrives and is answered, but the connection ends before
    kSilent,              ///< what the server says stays here until it is mended
  };

  /// `server`: the folder of the server's socket; `own`: an empty folder.
  UnreliableLine(std::string server, std::string own);
  ~UnreliableLine();
  UnreliableLine(UnreliableLine const&) = delete;
  UnreliableLine& operator=(UnreliableLine const&) = delete;

  void set(Fault fault) { fault_ = fault; }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void accept_all();
  void carry(int client);
  /// False: the connection ends here.
  bool pass_to_server(int server, std::string const& bytes, bool& lose_answer);

  std::string const server_;
  std::string const own_;
  std::atomic<Fault> fault_ = Fault::kNone;
  std::atomic<bool> closing_ = false;
  std::atomic<int> connections_ = 0;
  int listener_ = -1;
  std::mutex mutex_;  ///< guards carriers_
  std::vector<std::jthread> carriers_;
  std::jthread acceptor_;
};

}  // namespace madang::contract
