namespace RespKv.Engine.Space;

/// <summary>
/// A command turned out to need a record for which there is no room (D11). Thrown before it changed anything; the executor answers
/// the command with the message, or runs it again when there is room.
/// </summary>
internal sealed class NoRoomException(Admission admission, string text) : Exception(text)
{
    /// <summary>Wait or Refused.</summary>
    public Admission Admission { get; } = admission;

    /// <summary>It is a limit of the value, not the log's room: trying again is of no use.</summary>
    public bool IsLimit { get; init; }
}
