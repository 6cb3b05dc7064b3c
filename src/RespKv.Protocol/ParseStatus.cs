namespace RespKv.Protocol;

/// <summary>Why <see cref="RequestParser.Parse"/> stopped.</summary>
public enum ParseStatus
{
    /// <summary>All complete requests were taken; the rest (maybe nothing) is the beginning of a request.</summary>
    NeedMore,

    /// <summary>As many requests as were asked for were taken; there are bytes that were not looked at.</summary>
    BatchFull,

    /// <summary>The bytes at <c>consumed</c> break the protocol: answer <see cref="RequestParser.ErrorText"/> and close.</summary>
    Error,
}
