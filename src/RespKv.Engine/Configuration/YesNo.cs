namespace RespKv.Engine.Configuration;

/// <summary>A directive that is on or off.</summary>
internal enum YesNo
{
    No,
    Yes,
}
