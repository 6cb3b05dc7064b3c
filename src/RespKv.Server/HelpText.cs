namespace RespKv.Server;

internal static class HelpText
{
    public const string Text =
        """
        Usage: respkv-server [FILE] [--DIRECTIVE VALUE ...]
               respkv-server --ping [FILE] [--port N] [--bind ADDRESS] [--unixsocket PATH] [--requirepass PASSWORD]
               respkv-server --print-config | --print-commands | --print-compatibility
               respkv-server -v | --version
               respkv-server -h | --help

        Serves the Redis protocol. FILE has the syntax of redis.conf; every directive of it can also be given as an option, or in the
        environment as RESPKV_ and its name in capitals with underscores. Options win over the environment, the environment over the file.

          --ping          asks a running server for PING and exits with 0 when it answers PONG, with 1 when it does not: no connection,
                          still loading (-LOADING), password missing. Finds the server by the same file, environment and options.
          --print-config  prints a commented configuration file with every directive and its default
          --print-commands, --print-compatibility
                          print which commands there are, as a table in Markdown, and how each compares with that of Redis 7.0.15

        Examples:
          respkv-server                                 port 6380, data in ./data, every acknowledged write on disk
          respkv-server /etc/respkv.conf --loglevel verbose
          respkv-server --port 7777 --dir /srv/respkv --appendfsync everysec
          RESPKV_REQUIREPASS=secret respkv-server --bind '*'

        Exit codes:
          0  stopped on request
          1  not started: configuration, log file or address (with --ping: no healthy answer)
          2  the data directory could not be opened: in use, unreadable or corrupt
          3  stopped because a write or a sync of the log failed

        """;
}
