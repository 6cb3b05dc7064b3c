namespace RespKv.Engine.Space;

/// <summary>What becomes of a command that writes (D11).</summary>
internal enum Admission
{
    /// <summary>Whatever it writes fits what the log has claimed.</summary>
    Accepted,

    /// <summary>There is no room at the moment, but it is on its way: the client waits.</summary>
    Wait,

    /// <summary>There is no room: the command is answered with an error.</summary>
    Refused,
}
