namespace RespKv.HostileClients.Cases;

/// <summary>The server's limits as the bounds of the cases need them. Bytes.</summary>
internal static class Sizes
{
    public const long Kibibyte = 1024;
    public const long Mebibyte = 1024 * Kibibyte;

    /// <summary>
    /// A connection without a request: the session, two pipes, a socket, what the runtime waits with. Named by no limit but
    /// maxclients, so it is measured and held here.
    /// </summary>
    public const long Connection = 16 * Kibibyte;

    /// <summary>The first array for an incomplete request.</summary>
    public const long QueryFirst = 4 * Kibibyte;

    /// <summary>Read ahead of a client that has to wait (ReadAheadBytesMax).</summary>
    public const long ReadAhead = Mebibyte;

    /// <summary>Replies that wait before further requests are left unread (HeldBytesPause).</summary>
    public const long RepliesHeld = Mebibyte;

    /// <summary>Handed to the socket ahead of it (WriteBehindBytesMax), and a chunk on its way.</summary>
    public const long WriteBehind = 128 * Kibibyte;

    /// <summary>What is announced is believed up to so many times what has come.</summary>
    public const int QueryGrowth = 4;

    /// <summary>
    /// An array that grows by doubling is up to twice as large as what is in it, and the one before it is there until it was copied.
    /// </summary>
    public const int Growth = 3;

    /// <summary>A value that is set: the request as it came, its copy in the log's batch, and the value; each grown once more than needed.</summary>
    public const int SetCopies = 4;

    /// <summary>proto-max-bulk-len.</summary>
    public const long ArgumentMax = 512 * Mebibyte;

    /// <summary>Arguments of one request.</summary>
    public const int ArgumentsMax = 1_048_576;
}
