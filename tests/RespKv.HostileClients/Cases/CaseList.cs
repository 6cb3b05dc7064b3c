namespace RespKv.HostileClients.Cases;

/// <summary>All cases, in the order of the table.</summary>
internal static class CaseList
{
    public static IReadOnlyList<HostileCase> All { get; } = [.. ConnectionCases.All, .. RequestCases.All, .. ReplyCases.All, .. StateCases.All, .. HttpCases.All];
}
