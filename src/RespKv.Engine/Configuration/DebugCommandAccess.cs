namespace RespKv.Engine.Configuration;

/// <summary>Who may use DEBUG.</summary>
public enum DebugCommandAccess
{
    No,
    Yes,

    /// <summary>Clients from loopback or the unix socket only.</summary>
    Local,
}
